import { describe, expect, it } from 'vitest';
import { contrast, GROUND, linear, TONES, type Scheme, type Tone } from './color';

type Triple = [number, number, number];

/** How a colour is seen by people who lack one kind of cone (Machado, Oliveira, Fernandes 2009, severity 1). */
const SIGHT: Record<string, Triple[]> = {
  usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

function lab(hex: string, sight: Triple[]): Triple {
  const seen = sight.map((row) => Math.min(Math.max(linear(hex).reduce((sum, part, at) => sum + part * (row[at] ?? 0), 0), 0), 1)) as Triple;
  const [r, g, b] = seen;
  const curve = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 * t + 16) / 116);
  const x = curve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = curve(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = curve((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIEDE2000 (Sharma, Wu, Dalal 2005). */
function difference([l1, a1, b1]: Triple, [l2, a2, b2]: Triple): number {
  const rad = Math.PI / 180;
  const c = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const g = 0.5 * (1 - Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7)));
  const [p1, p2] = [a1 * (1 + g), a2 * (1 + g)];
  const [c1, c2] = [Math.hypot(p1, b1), Math.hypot(p2, b2)];
  const hue = (a: number, b: number) => (a === 0 && b === 0 ? 0 : (Math.atan2(b, a) / rad + 360) % 360);
  const [h1, h2] = [hue(p1, b1), hue(p2, b2)];
  let dh = h2 - h1;
  if (c1 * c2 === 0) dh = 0;
  else if (dh > 180) dh -= 360;
  else if (dh < -180) dh += 360;
  const dH = 2 * Math.sqrt(c1 * c2) * Math.sin((dh / 2) * rad);
  const [lm, cm] = [(l1 + l2) / 2, (c1 + c2) / 2];
  let hm = (h1 + h2) / 2;
  if (c1 * c2 === 0) hm = h1 + h2;
  else if (Math.abs(h1 - h2) > 180) hm += h1 + h2 < 360 ? 180 : -180;
  const t = 1 - 0.17 * Math.cos((hm - 30) * rad) + 0.24 * Math.cos(2 * hm * rad) + 0.32 * Math.cos((3 * hm + 6) * rad) - 0.2 * Math.cos((4 * hm - 63) * rad);
  const sl = 1 + (0.015 * (lm - 50) ** 2) / Math.sqrt(20 + (lm - 50) ** 2);
  const [sc, sh] = [1 + 0.045 * cm, 1 + 0.015 * cm * t];
  const rt = -2 * Math.sqrt(cm ** 7 / (cm ** 7 + 25 ** 7)) * Math.sin(60 * Math.exp(-(((hm - 275) / 25) ** 2)) * rad);
  const [x, y, z] = [(l2 - l1) / sl, (c2 - c1) / sc, dH / sh];
  return Math.sqrt(x * x + y * y + z * z + rt * y * z);
}

const schemes = Object.keys(TONES) as Scheme[];

describe('the colours of statuses', () => {
  it('measures differences as the paper does', () => {
    expect(difference([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 3);
  });

  for (const scheme of schemes) {
    const tones = Object.entries(TONES[scheme]) as [Tone, string][];
    for (const [sight, matrix] of Object.entries(SIGHT)) {
      it(`are told apart, ${scheme}, ${sight}`, () => {
        for (const [one, a] of tones) {
          for (const [other, b] of tones) {
            if (one < other) expect(difference(lab(a, matrix), lab(b, matrix)), `${one} and ${other}`).toBeGreaterThanOrEqual(19.5);
          }
        }
      });
    }

    it(`stand out from their ground, ${scheme}`, () => {
      for (const [name, hex] of tones) {
        expect(contrast(hex, GROUND[scheme].paper), name).toBeGreaterThanOrEqual(3);
      }
    });

    it(`leave text readable on every ground, ${scheme}`, () => {
      const { text, quiet, paper, page, under, chosen } = GROUND[scheme];
      for (const ground of [paper, page, under, chosen]) {
        expect(contrast(text, ground)).toBeGreaterThanOrEqual(7);
        expect(contrast(quiet, ground)).toBeGreaterThanOrEqual(4.5);
      }
    });
  }
});

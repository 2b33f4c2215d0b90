import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { Exact } from '../lib/exact';
import { JsonTree } from './JsonTree';
import { folding, lines, parent } from './tree';

const none = new Set<string>();

describe('the lines of a tree', () => {
  it('are the value, a place to a line, with what is said of it', () => {
    const found = lines({ a: 1, b: [{ c: 'x' }] }, [{ path: 'b[0].c', text: 'too short' }], none);
    expect(found.map(({ path, text }) => [path, text])).toEqual([['', '{2}'], ['a', '1'], ['b', '[1]'], ['b[0]', '{1}'], ['b[0].c', '"x"']]);
    expect(found.at(-1)?.notes).toEqual([{ path: 'b[0].c', text: 'too short' }]);
  });

  it('have one for what is missing, where it would be', () => {
    const found = lines({ actor: {} }, [{ path: 'actor.id', text: 'expected a value' }, { path: 'public', text: 'expected a value' }], none);
    expect(found.map(({ path, kind }) => [path, kind])).toEqual([['', 'object'], ['actor', 'object'], ['actor.id', 'missing'], ['public', 'missing']]);
  });

  it('are told at each of several places', () => {
    const found = lines({ a: 1, b: 2 }, [{ path: 'a, b', text: 'not unique' }], none);
    expect(found.map(({ notes }) => notes.length)).toEqual([0, 1, 1]);
  });

  it('tell what is masked, and that nothing is not zero', () => {
    expect(lines({ a: '***', b: null, c: 0, d: '' }, [], none).map(({ kind, text }) => [kind, text])).toEqual([
      ['object', '{4}'], ['masked', '***'], ['null', 'null'], ['number', '0'], ['text', '""'],
    ]);
  });

  it('of a large value are folded, but for the way to what is said', () => {
    const value = { big: Array.from({ length: 500 }, (_, at) => ({ at })), deep: { er: { x: 1 } } };
    const folded = folding(value, [{ path: 'deep.er.x', text: 'no' }]);
    expect(folded.has('big')).toBe(true);
    expect(lines(value, [], folded).map(({ path }) => path)).toEqual(['', 'big', 'deep', 'deep.er', 'deep.er.x']);
  });

  it('know where they lie', () => {
    expect(['a', 'a.b', 'a[0]', 'a[0].b', ''].map(parent)).toEqual(['', 'a', 'a', 'a[0]', undefined]);
  });

  it('keep numbers as they were sent', () => {
    expect(lines({ id: new Exact('12345678901234567890'), price: new Exact('1.0'), n: 3 }, [], none).map(({ text }) => text)).toEqual(['{3}', '12345678901234567890', '1.0', '3']);
  });
});

describe('JsonTree', () => {
  it('shows HTML as text and draws the lines in sight alone', () => {
    render(<JsonTree label="Record" value={{ title: '<img src=x onerror=alert(1)>', many: Array.from({ length: 10_000 }, (_, at) => at) }} />);
    expect(screen.getByText('"<img src=x onerror=alert(1)>"')).toBeInTheDocument();
    expect(document.querySelector('img')).toBeNull();
    expect(screen.getAllByRole('treeitem').length).toBeLessThan(80);
  });

  it('is gone through by arrows', async () => {
    render(<JsonTree label="Record" value={{ a: { b: 1 }, c: 2 }} />);
    await userEvent.tab();
    await userEvent.keyboard('{ArrowDown}{ArrowLeft}');
    expect(screen.getAllByRole('treeitem').map((each) => each.dataset['path'])).toEqual(['', 'a', 'c']);
    await userEvent.keyboard('{ArrowRight}{ArrowRight}');
    expect(screen.getByRole('treeitem', { selected: true }).dataset['path']).toBe('a.b');
    await userEvent.keyboard('{ArrowLeft}');
    expect(screen.getByRole('treeitem', { selected: true }).dataset['path']).toBe('a');
  });
});

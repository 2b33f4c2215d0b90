import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { useKeys } from './keys';
import { shortcuts } from './stored';

function Listening({ go, one }: { go: () => void; one: () => void }) {
  useKeys({ 'g a': go, a: one });
  return <input aria-label="text" />;
}

describe('useKeys', () => {
  it('hears one key, and two in a row as one', async () => {
    const [go, one] = [vi.fn(), vi.fn()];
    render(<Listening go={go} one={one} />);
    await userEvent.keyboard('a');
    expect([go.mock.calls.length, one.mock.calls.length]).toEqual([0, 1]);
    await userEvent.keyboard('ga');
    expect([go.mock.calls.length, one.mock.calls.length]).toEqual([1, 1]);
  });

  it('hears nothing while somebody types, with a modifier, or when switched off', async () => {
    const one = vi.fn();
    render(<Listening go={vi.fn()} one={one} />);
    await userEvent.type(screen.getByLabelText('text'), 'a');
    (document.activeElement as HTMLElement).blur();
    await userEvent.keyboard('{Control>}a{/Control}');
    shortcuts.set('off');
    await userEvent.keyboard('a');
    shortcuts.set('on');
    expect(one).not.toHaveBeenCalled();
  });
});

import { act, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SearchField } from './SearchField';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const asked: string[] = [];

/** A field over an address that takes up what it is told a moment later. */
function Page({ late = 50 }: { late?: number }) {
  const [value, set] = useState('');
  const change = (text: string) => {
    asked.push(text);
    setTimeout(() => {
      set(text);
    }, late);
  };
  return (
    <>
      <SearchField label="Search" placeholder="name" value={value} change={change} sx={{}} />
      <button onClick={() => { set('before'); }}>back</button>
    </>
  );
}

const field = () => screen.getByRole<HTMLInputElement>('searchbox');
const type = (text: string) => fireEvent.change(field(), { target: { value: text } });
const wait = (time: number) => {
  act(() => {
    vi.advanceTimersByTime(time);
  });
};

it('keeps what is typed while the address takes up what was typed before', () => {
  render(<Page />);
  const first = field();
  first.focus();
  type('o');
  wait(130); // it is sent
  type('or');
  wait(60); // the address has the first letter
  expect(field().value).toBe('or');
  expect(document.activeElement).toBe(first);
  wait(500);
  expect(field().value).toBe('or');
  expect(asked).toEqual(['o', 'or']);
});

it('follows the address where that says something else', () => {
  render(<Page />);
  type('orders');
  wait(500);
  fireEvent.click(screen.getByRole('button'));
  expect(field().value).toBe('before');
});

it('is left by Escape, with its text', () => {
  render(<Page />);
  field().focus();
  type('orders');
  fireEvent.keyDown(field(), { key: 'Escape' });
  expect(document.activeElement).toBe(document.body);
  expect(field().value).toBe('orders');
});

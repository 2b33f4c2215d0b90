import { afterEach, expect, it } from 'vitest';
import { arrive } from './focus';

afterEach(() => {
  document.body.innerHTML = '';
});

function heading(): HTMLElement {
  document.body.innerHTML = '<h1 tabindex="-1">Alerts</h1>';
  return document.querySelector('h1') as HTMLElement;
}

it('moves the focus to the heading of what is arrived at', () => {
  const found = heading();
  arrive(found);
  expect(document.activeElement).toBe(found);
});

it('leaves it to a dialog that was opened before', () => {
  const found = heading();
  document.body.insertAdjacentHTML('beforeend', '<div role="dialog"><input></div>');
  document.querySelector('input')?.focus();
  arrive(found);
  expect(document.activeElement).toBe(document.querySelector('input'));
});

it('does without a heading', () => {
  arrive(null);
  expect(document.activeElement).toBe(document.body);
});

import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { EmptyState } from './EmptyState';
import { ErrorState } from './ErrorState';
import { Severity } from './Status';
import { TimeRange } from './TimeRange';

describe('Severity', () => {
  it('is shape, word and colour', () => {
    const { container } = render(<Severity of="CRITICAL" />);
    expect(screen.getByText('Critical')).toBeInTheDocument();
    expect(container.querySelector('svg')).toHaveAttribute('data-tone', 'critical');
  });

  it('shows a name that it does not know as unknown, never as good', () => {
    const { container } = render(<Severity of="STRANGE" />);
    expect(container.querySelector('svg')).toHaveAttribute('data-tone', 'unknown');
  });
});

describe('ErrorState', () => {
  it('says what, why, what next, and gives the id', async () => {
    const retry = vi.fn();
    const problem = { type: 'about:blank', title: 'Internal Server Error', status: 500, detail: 'a fault', hint: 'try later', instance: 'urn:uuid:7', errors: [] };
    const user = userEvent.setup();
    render(<ErrorState error={new ApiError(problem)} retry={retry} />);
    expect(screen.getByRole('alert')).toHaveTextContent('a faulttry later');
    await user.click(screen.getByText('Copy the id'));
    expect(await navigator.clipboard.readText()).toBe('urn:uuid:7');
    await user.click(screen.getByText('Try again'));
    expect(retry).toHaveBeenCalledOnce();
  });
});

describe('EmptyState', () => {
  it('has a heading of the level that its place asks for', () => {
    render(<EmptyState title="Nothing" level="h3" />);
    expect(screen.getByRole('heading', { level: 3 })).toHaveTextContent('Nothing');
  });
});

describe('TimeRange', () => {
  it('takes two ends, and says what is wrong with them', async () => {
    const change = vi.fn();
    render(<TimeRange value={{ from: 'now-7d', to: 'now' }} change={change} />);
    await userEvent.selectOptions(screen.getByLabelText('Time'), 'From … to …');
    await userEvent.clear(screen.getByLabelText('From'));
    await userEvent.type(screen.getByLabelText('From'), 'soon');
    await userEvent.click(screen.getByText('Show'));
    expect(screen.getByText(/"soon" is no time/)).toBeInTheDocument();
    await userEvent.clear(screen.getByLabelText('From'));
    await userEvent.type(screen.getByLabelText('From'), 'now-3d');
    await userEvent.click(screen.getByText('Show'));
    expect(change).toHaveBeenCalledExactlyOnceWith({ from: 'now-3d', to: 'now' });
  });
});

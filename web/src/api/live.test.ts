import { describe, expect, it } from 'vitest';
import { parse, topics } from './live';

describe('server-sent events', () => {
  it('reads whole events and keeps the rest', () => {
    const text = ': hello\n\nevent: change\nid: 4\ndata: {"type":"alerts"}\n\ndata: {"ty';
    expect(parse(text)).toEqual({ events: ['{"type":"alerts"}'], rest: 'data: {"ty' });
  });

  it('reads carriage returns and several lines of data', () => {
    expect(parse('data: a\r\ndata: b\r\n\r\n').events).toEqual(['a\nb']);
  });

  it('knows what an event is about', () => {
    expect(topics('{"type":"alerts","id":"1","version":"2"}')).toContain('alerts');
  });

  it('takes the first of them to be about all that came before', () => {
    expect(topics('{"type":"ready","id":null,"version":""}')).toEqual([]);
  });

  it.each(['', 'null', '[]', '{"type":""}', 'not json'])('takes %j to be about everything', (data) => {
    expect(topics(data)).toEqual([]);
  });
});

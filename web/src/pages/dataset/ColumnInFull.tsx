/** One column in full: its distribution, its quantiles, its most frequent values and patterns, and its rhythm. */
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { column, type ColumnInFull as One } from '../../api/profiles';
import { Chart } from '../../components/Chart';
import { ErrorState } from '../../components/ErrorState';
import { Fact, Facts } from '../../components/Facts';
import { Loading } from '../../components/Loading';
import { Status } from '../../components/Status';
import { count, number, share } from '../../lib/format';
import { distribution } from './distribution';
import { Rhythm } from './Rhythm';
import { bound } from './shape';
import { Values } from './Values';

const RANKS = ['5 %', '25 %', 'Median', '75 %', '95 %'];

export function ColumnInFull({ name, window, path }: { name: string; window: string; path: string }) {
  const { data, error, refetch, isPlaceholderData } = useQuery(column(name, window, path));
  if (!data || data.path !== path) return error ? <ErrorState error={error} retry={() => void refetch()} what="This column could not be shown" /> : <Loading rows={8} />;
  return (
    <Box sx={{ pb: 2 }} aria-busy={isPlaceholderData}>
      <Box sx={{ px: 2 }}>
        {data.description && <Typography sx={{ mb: 1, overflowWrap: 'anywhere' }}>{data.description}</Typography>}
        <Drift name={name} path={path} />
        {data.hidden && (
          <Box sx={{ mb: 1.5 }}>
            <Status tone="info">Its values are masked: the contract classifies it{data.classification ? ` as ${data.classification}` : ''}</Status>
          </Box>
        )}
        <Counts one={data} />
      </Box>
      {!data.hidden && <Distribution one={data} />}
      {data.quantiles && (
        <Part title="Quantiles">
          <Facts narrow>
            {data.quantiles.map((value, place) => (
              <Fact key={RANKS[place]} name={RANKS[place] ?? ''}>
                {data.kind === 'time' ? bound(new Date(value * 1000).toISOString()) : number(value)}
              </Fact>
            ))}
          </Facts>
        </Part>
      )}
      {data.top.length > 0 && (
        <Part title="Most frequent values" note={data.top_exact === false ? 'about' : undefined}>
          <Values values={data.top} />
        </Part>
      )}
      {data.patterns.length > 0 && (
        <Part title="Patterns">
          <Values values={data.patterns} code />
        </Part>
      )}
      {data.words.length > 0 && (
        <Part title="Most frequent words">
          <Values values={data.words} />
        </Part>
      )}
      {data.rhythm && (
        <Part title="Rhythm" note="rows by the hour of the week, UTC">
          <Rhythm counts={data.rhythm} />
        </Part>
      )}
    </Box>
  );
}

function Drift({ name, path }: { name: string; path: string }) {
  return (
    <Box sx={{ mb: 1.5 }}>
      <Box component="a" href={`/drift/${encodeURIComponent(name)}/${encodeURIComponent(path)}`} sx={{ color: 'primary.main' }}>
        How it has drifted
      </Box>
    </Box>
  );
}

function Counts({ one }: { one: One }) {
  const spread = one.distinct_low != null && one.distinct_high != null && one.distinct_low !== one.distinct_high ? ` (${count(Math.round(one.distinct_low))} to ${count(Math.round(one.distinct_high))})` : '';
  return (
    <Facts narrow>
      <Fact name="Kind">{one.kind}</Fact>
      <Fact name="Types">{Object.keys(one.types).join(', ') || 'none'}</Fact>
      <Fact name="Rows">{count(one.rows)}</Fact>
      <Fact name="Missing">
        {share(one.null_share)}, {count(one.nulls)}
      </Fact>
      {one.empties > 0 && <Fact name="Empty">{count(one.empties)}</Fact>}
      {one.trues != null && <Fact name="True">{count(one.trues)}</Fact>}
      <Fact name="Distinct, about">
        {one.distinct == null ? '–' : count(Math.round(one.distinct))}
        {spread}
      </Fact>
      {!one.hidden && (
        <>
          <Fact name="Lowest">{bound(one.low)}</Fact>
          <Fact name="Highest">{bound(one.high)}</Fact>
          {one.kind === 'number' && one.mean != null && <Fact name="Mean">{number(one.mean)}</Fact>}
          {one.kind === 'number' && one.deviation != null && <Fact name="Deviation">{number(one.deviation)}</Fact>}
          {one.length_mean != null && <Fact name="Mean length">{number(one.length_mean)}</Fact>}
        </>
      )}
    </Facts>
  );
}

function Distribution({ one }: { one: One }) {
  const found = useMemo(() => distribution(one), [one]);
  return (
    found && (
      <>
        <Typography variant="h3" sx={{ px: 2, mt: 2 }}>
          Distribution
        </Typography>
        <Chart title={`${one.dataset}.${one.path}`} summary={found.summary} data={found.data} head={found.head} write={found.write} height={190} />
      </>
    )
  );
}

function Part({ title, note, children }: { title: string; note?: string | undefined; children: ReactNode }) {
  return (
    <Box sx={{ px: 2, mt: 2 }}>
      <Typography variant="h3" sx={{ mb: 0.5 }}>
        {title}
        {note && (
          <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400 }}>
            , {note}
          </Box>
        )}
      </Typography>
      {children}
    </Box>
  );
}

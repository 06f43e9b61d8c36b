/** Users whose position lies in [from, to) of [0, 100) see `version`. */
export type Segment = { version: string; from: number; to: number };

const EPSILON = 1e-9;

/**
 * Gives each version its share of [0, 100), moving as few users as possible: a version that shrinks gives up
 * what it received last, a version that grows takes only what others gave up. So raising the candidate's weight
 * moves users only towards it, and nobody is moved between two versions whose weights stay. Segments come in the
 * order in which a version received them. `weights` add up to 100, or are all 0 (no segments).
 */
export function assign(previous: readonly Segment[], weights: Record<string, number>): Segment[] {
  const kept: Segment[] = [];
  const free: { from: number; to: number }[] = uncovered(previous);
  const wanted = new Map(Object.entries(weights).filter(([, weight]) => weight > 0));
  const missing = new Map(wanted);

  // The oldest segments are kept first; what is over a version's new share is given up.
  for (const segment of previous) {
    const room = missing.get(segment.version) ?? 0;
    const keep = Math.min(room, segment.to - segment.from);
    if (keep > EPSILON) kept.push({ ...segment, to: segment.from + keep });
    if (segment.to - segment.from - keep > EPSILON) free.push({ from: segment.from + keep, to: segment.to });
    missing.set(segment.version, room - keep);
  }

  free.sort((a, b) => a.from - b.from);
  for (const version of [...wanted.keys()].sort()) {
    let need = missing.get(version) ?? 0;
    while (need > EPSILON && free.length > 0) {
      const piece = free[0]!;
      const take = Math.min(need, piece.to - piece.from);
      kept.push({ version, from: piece.from, to: piece.from + take });
      need -= take;
      piece.from += take;
      if (piece.to - piece.from <= EPSILON) free.shift();
    }
  }
  return kept;
}

function uncovered(segments: readonly Segment[]): { from: number; to: number }[] {
  const free: { from: number; to: number }[] = [];
  let at = 0;
  for (const segment of [...segments].sort((a, b) => a.from - b.from)) {
    if (segment.from - at > EPSILON) free.push({ from: at, to: segment.from });
    at = Math.max(at, segment.to);
  }
  if (100 - at > EPSILON) free.push({ from: at, to: 100 });
  return free;
}

/** Share in percent by version. */
export function sharesOf(segments: readonly Segment[]): Record<string, number> {
  const shares: Record<string, number> = {};
  for (const { version, from, to } of segments) shares[version] = (shares[version] ?? 0) + to - from;
  for (const version of Object.keys(shares)) shares[version] = Math.round(shares[version]! * 1e6) / 1e6;
  return shares;
}

export function versionAt(segments: readonly Segment[], position: number): string | null {
  for (const segment of segments)
    if (position >= segment.from && position < segment.to) return segment.version;
  return segments[0]?.version ?? null;
}

/** Stable position in [0, 100) of a user's id (FNV-1a with the final mix of MurmurHash3). */
export function positionOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * 100;
}

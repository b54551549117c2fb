-- The shared journal in PostgreSQL, created by `callbox journal init`. Only plain tables, keys and statements that
-- CockroachDB, YugabyteDB and Citus have as well: no sequences, advisory locks, LISTEN or COPY.

CREATE SCHEMA callbox;

-- One row: the identity of this journal, and the format of these tables.
CREATE TABLE callbox.journal (
    id smallint PRIMARY KEY CHECK (id = 1),
    uuid uuid NOT NULL,
    format integer NOT NULL
);

INSERT INTO callbox.journal (id, uuid, format) VALUES (1, gen_random_uuid(), 1);

-- A connection of a receiver. Each claim raises the epoch, and a batch of an older epoch inserts nothing.
CREATE TABLE callbox.lane (
    lane bigint PRIMARY KEY,
    name text NOT NULL UNIQUE,
    epoch bigint NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now()
);

-- Deliveries and records, as each lane numbered them: 1, 2, 3, … without gaps, until entries are removed. encoding is 0
-- for a raw body, 1 for a zlib stream, 2 for a pruned body: then body is a summary, and pruned_by the UUID of the record.
CREATE TABLE callbox.entry (
    lane bigint NOT NULL,
    number bigint NOT NULL CHECK (number > 0),
    uuid uuid NOT NULL UNIQUE,
    recorded_at_ms bigint NOT NULL,
    type text NOT NULL,
    source text,
    verification text,
    secret_name text,
    byte_count bigint NOT NULL,
    body_sha256 bytea NOT NULL,
    head_commitment bytea NOT NULL,
    body_commitment bytea NOT NULL,
    salt bytea NOT NULL,
    encoding smallint NOT NULL,
    head bytea NOT NULL,
    body bytea NOT NULL,
    pruned_by uuid CHECK ((pruned_by IS NULL) = (encoding <> 2)),
    PRIMARY KEY (lane, number)
);

-- Removals use this index to find holds that they did not consider.
CREATE INDEX entry_hold ON callbox.entry (lane, number) WHERE type = 'hold';

-- Positions of removed entries, with the hash at the last of them and the UUID of the record. Gaps do not overlap.
CREATE TABLE callbox.gap (
    last_position bigint PRIMARY KEY,
    first_position bigint NOT NULL CHECK (first_position <= last_position),
    chain bytea NOT NULL,
    recorded_by uuid NOT NULL
);

-- The order of all entries: each row appends `count` entries of a lane. `chain` is the hash at the last of them.
CREATE TABLE callbox.run (
    first_position bigint PRIMARY KEY,
    lane bigint NOT NULL,
    first_number bigint NOT NULL,
    count bigint NOT NULL CHECK (count > 0),
    byte_count bigint NOT NULL,
    chain bytea NOT NULL,
    epoch bigint NOT NULL,
    UNIQUE (lane, first_number)
);

-- One row: the node that appends runs, until its lease expires.
CREATE TABLE callbox.leader (
    id smallint PRIMARY KEY CHECK (id = 1),
    epoch bigint NOT NULL,
    holder text NOT NULL,
    expires_at timestamptz NOT NULL
);

INSERT INTO callbox.leader (id, epoch, holder, expires_at) VALUES (1, 0, '', now());

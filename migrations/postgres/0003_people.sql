-- People: who they are, what they are in which workspace, and who is invited. The same tables, columns and rules as
-- ../sqlite/0003_people.sql; what 0001 says of ids, times and tenant_id holds here too.
--
-- email_key  the e-mail address as it is compared: lower case, without spaces around it
--
-- Names of roles are not listed in CHECKs, for the reason that 0001 gives.

-- A person is the same in every workspace: one password, one name.
CREATE TABLE users (
    id                TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    email             TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    email_key         TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(email_key) BETWEEN 3 AND 762),
    name              TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    password_hash     TEXT NOT NULL CHECK (length(password_hash) BETWEEN 1 AND 500),
    is_instance_admin BOOLEAN NOT NULL,
    created_at        BIGINT NOT NULL CHECK (created_at >= 0),
    last_sign_in_at   BIGINT CHECK (last_sign_in_at >= 0)
);

-- A person in a workspace. The id is of the kind that keys have: changes, stops and traces name by it whoever did something.
CREATE TABLE members (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    tenant_id    TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    user_id      TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role         TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 40),
    active_store TEXT COLLATE "C",
    created_at   BIGINT NOT NULL CHECK (created_at >= 0),
    disabled_at  BIGINT CHECK (disabled_at >= 0),
    last_seen_at BIGINT CHECK (last_seen_at >= 0),
    -- Sessions that were begun by then are over, in whatever workspace they are just now.
    sessions_valid_from BIGINT CHECK (sessions_valid_from >= 0),
    CONSTRAINT members_of_user_key UNIQUE (tenant_id, user_id),
    FOREIGN KEY (tenant_id, active_store) REFERENCES stores (tenant_id, id) ON DELETE SET NULL (active_store)
);

CREATE INDEX members_by_user ON members (user_id, tenant_id);
CREATE INDEX members_by_active_store ON members (tenant_id, active_store) WHERE active_store IS NOT NULL;

-- Whoever invited is named without a foreign key: an invitation outlives its key or member.
CREATE TABLE invites (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    tenant_id   TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    email       TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    email_key   TEXT COLLATE "C" NOT NULL CHECK (length(email_key) BETWEEN 3 AND 762),
    role        TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 40),
    code_hash   TEXT NOT NULL CHECK (length(code_hash) BETWEEN 1 AND 500),
    created_by  TEXT COLLATE "C" NOT NULL CHECK (length(created_by) = 26),
    created_at  BIGINT NOT NULL CHECK (created_at >= 0),
    expires_at  BIGINT NOT NULL CHECK (expires_at >= 0),
    accepted_at BIGINT CHECK (accepted_at >= 0),
    revoked_at  BIGINT CHECK (revoked_at >= 0)
);

CREATE INDEX invites_by_tenant ON invites (tenant_id, id);
CREATE INDEX invites_by_end ON invites (expires_at);
-- Nobody is invited twice at once; one that has run out is revoked when the next is made.
CREATE UNIQUE INDEX invites_open ON invites (tenant_id, email_key) WHERE accepted_at IS NULL AND revoked_at IS NULL;

-- Nobody could find the sessions from before in the list below, nor end them there.
DELETE FROM sessions;

-- Whose session it is, and where it was begun, so that people recognise theirs in a list.
ALTER TABLE sessions ADD COLUMN actor_id TEXT COLLATE "C" CHECK (length(actor_id) = 26);
ALTER TABLE sessions ADD COLUMN user_agent TEXT CHECK (length(user_agent) <= 120);
ALTER TABLE sessions ADD COLUMN ip TEXT CHECK (length(ip) <= 60);

CREATE INDEX sessions_by_actor ON sessions (tenant_id, actor_id) WHERE actor_id IS NOT NULL;

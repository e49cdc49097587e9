-- +goose Up

create table accounts (
    id            bigint generated always as identity primary key,
    email         text unique check (email = lower(email) and email ~ '^[^@\s]+@[^@\s]+$'),
    phone         text unique check (phone ~ '^\+[1-9][0-9]{6,14}$'), -- E.164
    password_hash text not null check (password_hash like '$argon2id$%'),
    name          text not null check (name <> ''),
    lang          lang not null,
    created_at    timestamptz not null default now(),
    disabled_at   timestamptz,
    -- Sessions that began before this moment are over (password changed, signed out everywhere).
    sessions_from timestamptz not null default now(),
    check (email is not null or phone is not null)
);

create table account_roles (
    account_id bigint not null references accounts on delete cascade,
    role       text not null check (role in ('curator', 'finance', 'admin', 'partner')),
    granted_at timestamptz not null default now(),
    granted_by bigint references accounts,
    primary key (account_id, role)
);

-- Sessions as alexedwards/scs keeps them.
create table sessions (
    token  text primary key,
    data   bytea not null,
    expiry timestamptz not null
);
create index on sessions (expiry);

-- What staff and producers did: written with the deed, in its transaction, never changed.
create table audit_events (
    id           bigint generated always as identity primary key,
    at           timestamptz not null default now(),
    account_id   bigint references accounts, -- null: the program itself
    action       text not null check (action ~ '^[a-z_]+\.[a-z_]+$'),
    subject_kind text not null check (subject_kind ~ '^[a-z_]+$'),
    subject_id   bigint not null,
    detail       jsonb not null default '{}'
);
create index on audit_events (subject_kind, subject_id, id);
create index on audit_events (account_id, id);

-- +goose StatementBegin
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd

create trigger audit_events_append_only before update or delete on audit_events
    for each row execute function refuse_change();
create trigger audit_events_no_truncate before truncate on audit_events
    for each statement execute function refuse_change();

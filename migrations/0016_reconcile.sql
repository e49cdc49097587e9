-- +goose Up

-- A file that says what moved on an account of ours: at a provider, or at the bank. The same file comes in once.
create table imports (
    id         bigint generated always as identity primary key,
    till       text not null check (till in ('stripe', 'payme', 'click', 'bank')),
    name       text not null check (name <> '' and length(name) <= 200),
    hash       bytea not null unique check (length(hash) = 32),
    known      int not null check (known >= 0), -- lines of it that an earlier file had brought
    account_id bigint not null references accounts,
    at         timestamptz not null,
    unique (id, till)
);

-- What such files say, a movement a line. An amount to our good is positive.
create table import_lines (
    id           bigint generated always as identity primary key,
    import_id    bigint not null,
    number       int not null check (number > 0), -- of the line in its file
    till         text not null,
    external_id  text not null check (external_id <> '' and length(external_id) <= 300),
    kind         text not null check (kind in ('payment', 'refund', 'dispute', 'fee', 'payout', 'transfer', 'other')),
    amount_minor bigint not null check (amount_minor <> 0 and abs(amount_minor) <= 1000000000000000), -- sums of days must not overflow
    currency     currency not null,
    refs         text[] not null, -- names the ledger may know it by, the surest first
    counterparty text not null default '' check (length(counterparty) <= 300),
    purpose      text not null default '' check (length(purpose) <= 1000),
    document     text not null default '' check (length(document) <= 100),
    at           timestamptz not null, -- where a file names only the day, its beginning in the programme's zone
    foreign key (import_id, till) references imports (id, till),
    unique (till, external_id)
);
create index on import_lines (import_id, number);
create index on import_lines (at, id);
create index on import_lines using gin (refs);

create trigger imports_fixed before update or delete on imports for each row execute function refuse_change();
create trigger imports_no_truncate before truncate on imports for each statement execute function refuse_change();
create trigger import_lines_fixed before update or delete on import_lines for each row execute function refuse_change();
create trigger import_lines_no_truncate before truncate on import_lines for each statement execute function refuse_change();

-- Which lines and which entries of the ledger are the same money. Both sides add up; what is found to be wrong is undone,
-- never changed.
create table matches (
    id             bigint generated always as identity primary key,
    how            text not null check (how in ('reference', 'amount', 'hand', 'booked', 'elsewhere', 'reversal', 'ignored')),
    transaction_id bigint references ledger_transactions, -- what was booked because of the line
    account_id     bigint references accounts,            -- null: the program
    memo           text not null default '' check (length(memo) <= 500),
    at             timestamptz not null,
    undone_at      timestamptz,
    undone_by      bigint references accounts,
    written_in     xid8 not null default pg_current_xact_id(),
    check ((undone_at is null) = (undone_by is null)),
    check (how not in ('booked', 'elsewhere') or transaction_id is not null),
    check (how <> 'ignored' or memo <> '')
);
create table match_items (
    id       bigint generated always as identity primary key,
    match_id bigint not null references matches,
    line_id  bigint references import_lines,
    entry_id bigint references ledger_entries,
    live     boolean not null default true,
    check ((line_id is null) <> (entry_id is null))
);
create index on matches (transaction_id) where transaction_id is not null;
create index on match_items (match_id);
create unique index match_items_line_once on match_items (line_id) where live and line_id is not null;
create unique index match_items_entry_once on match_items (entry_id) where live and entry_id is not null;

create trigger matches_kept before delete on matches for each row execute function refuse_change();
create trigger matches_no_truncate before truncate on matches for each statement execute function refuse_change();
create trigger match_items_kept before delete on match_items for each row execute function refuse_change();
create trigger match_items_no_truncate before truncate on match_items for each statement execute function refuse_change();
create trigger matches_undone_once before update on matches for each row
    when (old.undone_at is not null or (old.how, old.transaction_id, old.account_id, old.memo, old.at, old.written_in)
          is distinct from (new.how, new.transaction_id, new.account_id, new.memo, new.at, new.written_in))
    execute function refuse_change();
create trigger match_items_undone_once before update on match_items for each row
    when (not old.live or (old.match_id, old.line_id, old.entry_id) is distinct from (new.match_id, new.line_id, new.entry_id))
    execute function refuse_change();

-- +goose StatementBegin
create function match_adds_up() returns trigger language plpgsql as $$
declare accounts int; difference numeric; entries int; lines int; clearing boolean;
begin
    select count(distinct (x.till, x.currency)), coalesce(sum(x.amount), 0), count(*) filter (where x.entry), count(*) filter (where not x.entry), coalesce(bool_and(x.clearing), true)
    into accounts, difference, entries, lines, clearing from (
        select l.till, l.currency::text as currency, l.amount_minor as amount, false as entry, true as clearing
        from match_items i join import_lines l on l.id = i.line_id where i.match_id = new.id
        union all
        select a.provider, e.currency::text, -e.amount_minor, true, a.kind = 'clearing'
        from match_items i join ledger_entries e on e.id = i.entry_id join ledger_accounts a on a.id = e.account_id where i.match_id = new.id
    ) x;
    if accounts <> 1 or not clearing then
        raise exception 'match % is not of one account', new.id using errcode = 'check_violation';
    end if;
    -- The line that told of such entries is another account's, and is matched there.
    if new.how = 'elsewhere' and (lines <> 0 or entries = 0) then
        raise exception 'match % is of what was told elsewhere, and has % lines', new.id, lines using errcode = 'check_violation';
    end if;
    if new.how = 'ignored' and exists (select from match_items i join ledger_entries e on e.id = i.entry_id
        join ledger_transactions t on t.id = e.transaction_id where i.match_id = new.id and t.account_id = new.account_id)
    then
        raise exception 'match % sets aside what account % booked itself', new.id, new.account_id using errcode = 'check_violation';
    end if;
    if new.how not in ('ignored', 'elsewhere') and difference <> 0 then
        raise exception 'match % is out by %', new.id, difference using errcode = 'check_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger match_sum after insert on matches deferrable initially deferred
    for each row execute function match_adds_up();

-- +goose StatementBegin
create function match_items_with_match() returns trigger language plpgsql as $$
begin
    if exists (select from added a join matches m on m.id = a.match_id where m.written_in <> pg_current_xact_id()) then
        raise exception 'a match is made at once' using errcode = 'restrict_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create trigger match_items_in_time after insert on match_items referencing new table as added
    for each statement execute function match_items_with_match();

-- What has no counterpart, of the tills that send reports. The triggers below keep it, so that who looks for something
-- open looks at these few and not at all that was ever matched.
create table open_lines (
    line_id bigint primary key references import_lines
);
create table open_entries (
    entry_id     bigint primary key references ledger_entries,
    account_id   bigint not null,
    amount_minor bigint not null,
    at           timestamptz not null -- of the transaction
);
create index on open_entries (account_id, amount_minor);

-- +goose StatementBegin
create function ledger_entries_open() returns trigger language plpgsql as $$
begin
    insert into open_entries (entry_id, account_id, amount_minor, at)
    select n.id, n.account_id, n.amount_minor, t.at
    from added n join ledger_accounts a on a.id = n.account_id join ledger_transactions t on t.id = n.transaction_id
    where a.kind = 'clearing' and a.provider in ('stripe', 'payme', 'click', 'bank');
    return null;
end $$;
create function import_lines_open() returns trigger language plpgsql as $$
begin
    insert into open_lines select id from added;
    return null;
end $$;
create function match_items_close() returns trigger language plpgsql as $$
begin
    delete from open_lines o using added n where o.line_id = n.line_id and n.live;
    delete from open_entries o using added n where o.entry_id = n.entry_id and n.live;
    return null;
end $$;
create function match_items_reopen() returns trigger language plpgsql as $$
begin
    insert into open_lines select line_id from undone where line_id is not null and not live;
    insert into open_entries (entry_id, account_id, amount_minor, at)
    select e.id, e.account_id, e.amount_minor, t.at
    from undone n join ledger_entries e on e.id = n.entry_id join ledger_accounts a on a.id = e.account_id
    join ledger_transactions t on t.id = e.transaction_id
    where not n.live and a.kind = 'clearing' and a.provider in ('stripe', 'payme', 'click', 'bank');
    return null;
end $$;
-- +goose StatementEnd
create trigger ledger_entries_open after insert on ledger_entries referencing new table as added
    for each statement execute function ledger_entries_open();
create trigger import_lines_open after insert on import_lines referencing new table as added
    for each statement execute function import_lines_open();
create trigger match_items_close after insert on match_items referencing new table as added
    for each statement execute function match_items_close();
create trigger match_items_reopen after update on match_items referencing new table as undone
    for each statement execute function match_items_reopen();

-- Whether a line of a report is the same money as a sending of a refund (the first is 0): then it has left, and nobody says
-- that it was not sent so.
create function refund_proven(which bigint, sending int) returns boolean language sql stable
    return exists (select from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
        join match_items i on i.entry_id = e.id and i.live join match_items l on l.match_id = i.match_id and l.live and l.line_id is not null
        where t.rule = 'refund_sent' and t.subject = 'refund' and t.subject_id = which and t.turn = sending);
-- +goose StatementBegin
create function refund_not_proven() returns trigger language plpgsql as $$
begin
    if refund_proven(old.id, old.sendings - 1) then
        raise exception 'refund % was sent: a report says so', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger refund_taken_back before update of status on refunds
    for each row when (old.status = 'sent' and new.status = 'failed' and new.failure = 'refunds.taken_back') execute function refund_not_proven();

-- Which line of the bank an order was paid by: a line pays one order, once, and stays matched with it.
create table import_lines_paid (
    line_id  bigint primary key references import_lines,
    order_id bigint not null unique references orders,
    at       timestamptz not null
);
create trigger import_lines_paid_fixed before update or delete on import_lines_paid for each row execute function refuse_change();
create trigger import_lines_paid_no_truncate before truncate on import_lines_paid for each statement execute function refuse_change();

-- +goose StatementBegin
create function line_stays_matched() returns trigger language plpgsql as $$
begin
    if exists (select from import_lines_paid where line_id = old.line_id) then
        raise exception 'line % has paid an order', old.line_id using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger match_items_of_paid before update on match_items
    for each row when (old.live and not new.live and old.line_id is not null) execute function line_stays_matched();

-- What finance books for a line that only people can explain.
create table manual_entries (
    id           bigint generated always as identity primary key,
    kind         text not null check (kind in ('cash_handed_in', 'debt_paid', 'exchange', 'provider_fee')),
    line_id      bigint not null references import_lines,
    till         text not null default '' check (till in ('', 'cash', 'courier', 'stripe', 'payme', 'click')), -- who handed cash in, or kept a fee
    producer_id  bigint references producers,                                      -- who paid what she owed
    amount_minor bigint not null check (amount_minor > 0),
    currency     currency not null,
    to_minor     bigint check (to_minor > 0), -- what an exchange brought
    to_currency  currency,
    rate         numeric(24, 12) check (rate > 0),
    memo         text not null default '' check (length(memo) <= 500),
    account_id   bigint not null references accounts,
    at           timestamptz not null,
    check ((kind = 'cash_handed_in') = (till in ('cash', 'courier'))),
    check ((kind = 'provider_fee') = (till in ('stripe', 'payme', 'click'))),
    check ((kind = 'debt_paid') = (producer_id is not null)),
    check (case when kind = 'exchange' then to_minor is not null and to_currency <> currency and rate is not null
           else to_minor is null and to_currency is null and rate is null end)
);
-- A debt is paid as far as there is one: her payable is never in credit because of it.
-- +goose StatementBegin
create function debt_was_owed() returns trigger language plpgsql as $$
begin
    if (select coalesce(sum(e.amount_minor), 0) from ledger_accounts a join ledger_entries e on e.account_id = a.id
        where a.kind = 'producer_payable' and a.producer_id = new.producer_id and a.currency = new.currency) < 0
    then
        raise exception 'producer % does not owe % %', new.producer_id, new.amount_minor, new.currency using errcode = 'check_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger manual_debt_owed after insert on manual_entries deferrable initially deferred
    for each row when (new.kind = 'debt_paid') execute function debt_was_owed();
create trigger manual_entries_fixed before update or delete on manual_entries for each row execute function refuse_change();
create trigger manual_entries_no_truncate before truncate on manual_entries for each statement execute function refuse_change();

-- How a day stood when it was looked at. It may be looked at again; what was found before stays.
create table daily_closes (
    id             bigint generated always as identity primary key,
    day            date not null,
    -- waiting: nothing is wrong, but statements are still to come.
    verdict        text not null check (verdict in ('matched', 'waiting', 'open')),
    findings       int not null check (findings >= 0), -- all of them, kept or not
    transaction_id bigint not null, -- the last of the ledger then
    books          text[] not null, -- what the proof of the books found
    open_payments  int not null,
    open_refunds   int not null,
    open_disputes  int not null,
    account_id     bigint references accounts, -- null: the clock
    at             timestamptz not null,
    check ((verdict = 'matched') = (findings = 0 and books = '{}'))
);
create index on daily_closes (day desc, id desc);
create table daily_close_tills (
    close_id      bigint not null references daily_closes,
    till          text not null,
    currency      currency not null,
    opening_minor bigint not null,
    in_minor      bigint not null check (in_minor >= 0),
    out_minor     bigint not null check (out_minor >= 0),
    closing_minor bigint not null check (closing_minor = opening_minor + in_minor - out_minor),
    lines         int not null, -- of statements, that day
    lines_in_minor  bigint not null,
    lines_out_minor bigint not null,
    open_lines    int not null, -- until the end of that day
    open_entries  int not null,
    primary key (close_id, till, currency)
);
create table daily_close_findings (
    close_id     bigint not null references daily_closes,
    position     int not null,
    kind         text not null,
    till         text not null,
    amount_minor bigint not null,
    currency     currency not null,
    line_id      bigint references import_lines,
    entry_id     bigint references ledger_entries,
    at           timestamptz not null,
    primary key (close_id, position)
);
create trigger daily_closes_fixed before update or delete on daily_closes for each row execute function refuse_change();
create trigger daily_closes_no_truncate before truncate on daily_closes for each statement execute function refuse_change();
create trigger daily_close_tills_fixed before update or delete on daily_close_tills for each row execute function refuse_change();
create trigger daily_close_findings_fixed before update or delete on daily_close_findings for each row execute function refuse_change();

-- A statement names a refund by the provider's reference alone.
create index on refunds (provider_ref) where provider_ref is not null;

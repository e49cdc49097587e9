-- +goose Up

-- How often in a row, and when last, a provider gave no answer at all when asked about an attempt to pay. Whoever answers
-- is asked first; see payments.OpenOnline.
alter table payments
    add column unanswered int not null default 0 check (unanswered >= 0),
    add column unanswered_at timestamptz,
    add check ((unanswered = 0) = (unanswered_at is null));

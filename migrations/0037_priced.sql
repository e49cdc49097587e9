-- +goose Up
-- By which rules and rates all goods were last priced, and how far they are with others: so that it is not done again while
-- they hold, and goes on where it stopped.
create table priced (
    the_one   boolean primary key default true check (the_one),
    terms     bytea,
    under_way bytea,
    after     bigint not null default 0 check (after >= 0),
    check (under_way is not null or after = 0)
);
insert into priced default values;

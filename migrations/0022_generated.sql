-- +goose Up

-- How many generated goods the database holds, of which seed, the villages made for them in their order and the maker of the
-- last one, so that more of the same can be added. Empty in every programme but a demo.
create table generated_goods (
    one           boolean primary key default true check (one),
    seed          bigint not null,
    products      int not null check (products >= 0),
    villages      bigint[] not null,
    last_producer bigint references producers
);

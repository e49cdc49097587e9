-- +goose Up

-- When there is some of a product, in whole months of the programme's calendar: from July to September, from October to
-- March. Without a season there is some all year.
alter table products
    add column season_from smallint check (season_from between 1 and 12),
    add column season_to   smallint check (season_to between 1 and 12),
    add constraint season_has_both_ends check ((season_from is null) = (season_to is null)),
    add constraint season_is_not_all_year check ((season_to - season_from + 12) % 12 <> 11);

-- The months of a season as bits, January the lowest; null without a season.
create function season_months(from_month int, to_month int) returns int language sql immutable parallel safe as $$
select case when from_month <= to_month then (1 << to_month) - (1 << (from_month - 1))
            else 4095 - (1 << (from_month - 1)) + (1 << to_month) end
$$;

-- Lists ask which months a product is there. Few have a season: an index of these alone has what is in season now, the
-- newest first.
alter table listings add column season int check (season between 1 and 4094);
create index listings_seasonal on listings (market, published_at desc, product_id desc) where season is not null;

-- +goose StatementBegin
create function tell_season() returns trigger language plpgsql as $$
begin
    perform pg_notify('awil_changes', 'product:' || new.id);
    return null;
end $$;

create function tell_seasonal() returns trigger language plpgsql as $$
begin
    perform pg_notify('awil_changes', 'season:' || new.market);
    return null;
end $$;
-- +goose StatementEnd
create trigger tell_season_changed after update on products for each row
    when ((old.season_from, old.season_to) is distinct from (new.season_from, new.season_to))
    execute function tell_season();
create trigger tell_seasonal_changed after update on listings for each row
    when (old.season is distinct from new.season)
    execute function tell_seasonal();

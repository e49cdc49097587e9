-- +goose Up

-- Programs keep pages in memory. What a page shows has a topic ("product:12", "village:3", "shelf:jp:7"); whoever changes
-- what buyers see says so on the channel awil_changes, by the transaction that changes it, so that nobody can forget to.
-- Columns no page shows, and stock beyond what a page tells apart, are not news.

-- tell_topics sends topics in as few messages as they fit into. More than a page of them is news of everything.
-- +goose StatementBegin
create function tell_topics(topics text[]) returns void language plpgsql as $$
begin
    if cardinality(topics) > 100 then
        perform pg_notify('awil_changes', 'all');
    elsif cardinality(topics) > 0 then
        perform pg_notify('awil_changes', array_to_string(topics, ' '));
    end if;
end $$;
-- +goose StatementEnd

-- tell_changed takes the columns that are shown, and the topic as an expression of a row r of them. What touches more
-- rows than anybody could look at is news of everything: none is left out, and nobody waits for the topics of a million.
-- +goose StatementBegin
create function tell_changed() returns trigger language plpgsql as $$
declare topics text[]; shown text := tg_argv[0]; rows text;
begin
    rows := case tg_op
        when 'INSERT' then format('select %s from fresh', shown)
        when 'DELETE' then format('select %s from stale', shown)
        else format('(select %1$s from fresh except select %1$s from stale) union (select %1$s from stale except select %1$s from fresh)', shown)
    end;
    execute format('with r as (select * from (%1$s) r limit 1001)
                    select case when (select count(*) from r) > 1000 then array[''all''] else array_agg(distinct t) filter (where t is not null) end
                    from (select %2$s as t from r) topics', rows, tg_argv[1]) into topics;
    perform tell_topics(topics);
    return null;
end $$;

create procedure tell_changes_of(tab text, shown text, topic text, about text default 'row') language plpgsql as $$
begin
    execute format('create trigger %I after insert on %I referencing new table as fresh
                    for each statement execute function tell_changed(%L, %L)', 'tell_' || about || '_insert', tab, shown, topic);
    execute format('create trigger %I after update on %I referencing new table as fresh old table as stale
                    for each statement execute function tell_changed(%L, %L)', 'tell_' || about || '_update', tab, shown, topic);
    execute format('create trigger %I after delete on %I referencing old table as stale
                    for each statement execute function tell_changed(%L, %L)', 'tell_' || about || '_delete', tab, shown, topic);
end $$;
-- +goose StatementEnd

call tell_changes_of('products', 'id, slug, producer_id, category_id, state, shelf_life_days, storage, published_at', '''product:'' || r.id');
call tell_changes_of('product_texts', 'product_id, lang, name, summary, story, composition, state', '''product:'' || r.product_id');
call tell_changes_of('product_allergens', '*', '''product:'' || r.product_id');
-- A collection is shown by pictures of its first goods.
call tell_changes_of('product_photos', '*', 'unnest(array[''product:'' || r.product_id,
    case when exists (select from collection_items i where i.product_id = r.product_id) then ''curation'' end])');
call tell_changes_of('variant_texts', '*', '''product:'' || (select v.product_id from variants v where v.id = r.variant_id)');
call tell_changes_of('offers', 'market, variant_id, product_id, price_minor, currency, base_minor, base, rate, rate_date, by_hand', '''product:'' || r.product_id');
call tell_changes_of('producers', 'id, slug, kind, village_id, state, photo_id, women_led, since_year, mark_svg, source_lang', '''producer:'' || r.id');
call tell_changes_of('producers', 'id, village_id, state', '''makers''', 'makers');
call tell_changes_of('producer_texts', '*', '''producer:'' || r.producer_id');
call tell_changes_of('photos', 'id, key, width, height, widths, state, avif, placeholder, color', '''photo:'' || r.id');
call tell_changes_of('photo_texts', '*', '''photo:'' || r.photo_id');
call tell_changes_of('villages', '*', '''places''');
call tell_changes_of('village_texts', '*', '''places''');
call tell_changes_of('districts', '*', '''places''');
call tell_changes_of('district_texts', '*', '''places''');
call tell_changes_of('regions', '*', '''places''');
call tell_changes_of('region_texts', '*', '''places''');
call tell_changes_of('categories', '*', '''categories''');
call tell_changes_of('category_texts', '*', '''categories''');
call tell_changes_of('allergens', '*', '''categories''');
call tell_changes_of('markets', '*', '''markets''');
call tell_changes_of('market_texts', '*', '''markets''');
call tell_changes_of('market_payment_methods', '*', '''markets''');
call tell_changes_of('exchange_rates', '*', '''markets''');
call tell_changes_of('programme', '*', '''markets''');
call tell_changes_of('shipping_methods', '*', '''markets''');
call tell_changes_of('shipping_method_texts', '*', '''markets''');
call tell_changes_of('collections', '*', '''curation''');
call tell_changes_of('collection_texts', '*', '''curation''');
call tell_changes_of('collection_items', '*', '''curation''');
call tell_changes_of('features', '*', '''curation''');
-- Lists: who is on them, by shelf, village and producer; in which order by price.
call tell_changes_of('listings', 'market, product_id, category_id, village_id, producer_id, published_at',
    'unnest(array[''list:'' || r.market, ''list:'' || r.market || '':c'' || r.category_id, ''list:'' || r.market || '':v'' || r.village_id,
     ''list:'' || r.market || '':p'' || r.producer_id])');
call tell_changes_of('listings', 'market, product_id, from_minor, currency',
    'unnest(array[''prices:'' || r.market, ''product:'' || r.product_id])', 'price');
-- A header names only shelves that hold something: one more or less of many goods neither fills nor empties them.
call tell_changes_of('listings', 'distinct market, category_id',
    'case when (select count(*) from (select from listings l where l.market = r.market and l.category_id = r.category_id limit 1001) few) <= 1000
          then ''shelves:'' || r.market end', 'shelves');
drop procedure tell_changes_of;

-- A row each time somebody buys: no statement to work it out, and none at all while there is plenty.
-- +goose StatementBegin
create function tell_variant() returns trigger language plpgsql as $$
begin
    perform pg_notify('awil_changes', 'product:' || coalesce(new.product_id, old.product_id));
    return null;
end $$;
-- +goose StatementEnd
create trigger tell_variant after insert or delete on variants for each row execute function tell_variant();
create trigger tell_variant_changed after update on variants for each row
    when ((old.position, old.net_quantity, old.net_unit, old.weight_grams, old.active, least(old.stock, 20))
          is distinct from (new.position, new.net_quantity, new.net_unit, new.weight_grams, new.active, least(new.stock, 20)))
    execute function tell_variant();


-- +goose StatementBegin
create function tell_reservation() returns trigger language plpgsql as $$
begin
    perform pg_notify('awil_changes', 'product:' || v.product_id) from variants v where v.id = new.variant_id;
    return null;
end $$;

create function tell_words() returns trigger language plpgsql as $$
begin
    perform pg_notify('awil_changes', 'words');
    return null;
end $$;
-- +goose StatementEnd
-- Goods that an overdue order holds count as free; they are not any more if it is paid or given more time after all.
create trigger tell_variant_free after update on reservations for each row
    when (old.state = 'held' and old.expires_at <= statement_timestamp())
    execute function tell_reservation();

-- Whatever changes what is found, changes what every search finds.
create trigger tell_words after insert or delete on product_search for each statement execute function tell_words();
create trigger tell_words_changed after update on product_search for each row execute function tell_words();

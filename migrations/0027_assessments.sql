-- +goose Up

-- How programmes score their goods: rubrics as data, for they are agreed on and changed by people. A programme uses one;
-- the others are there to choose from.
create table grading_schemes (
    code         slug primary key,
    valid_months int not null check (valid_months between 1 and 120),
    source       text not null check (source <> ''), -- where the numbers come from
    verified     boolean not null,                   -- whether that was read at the source itself
    as_of        date not null
);

create table grading_criteria (
    scheme   slug not null references grading_schemes,
    code     text not null check (code ~ '^[a-z_]+$'),
    position int not null,
    most     int not null check (most between 1 and 100), -- points
    primary key (scheme, code)
);

create table grading_bands (
    scheme slug not null references grading_schemes,
    stars  int not null check (stars between 1 and 5),
    least  int not null check (least between 0 and 100), -- points
    primary key (scheme, stars),
    unique (scheme, least)
);

insert into grading_schemes (code, valid_months, source, verified, as_of) values
    ('ocop', 36, 'Viet Nam, One Commune One Product: Decisions 919/QD-TTg and 148/QD-TTg, as summarised', false, '2023-12-31'),
    ('otop', 24, 'Thailand, OTOP Product Champion: bands and weights as commonly cited', false, '2022-12-31');
insert into grading_criteria (scheme, position, code, most) values
    ('ocop', 1, 'community', 40), ('ocop', 2, 'story', 25), ('ocop', 3, 'quality', 35),
    ('otop', 1, 'community', 35), ('otop', 2, 'story', 25), ('otop', 3, 'quality', 40);
insert into grading_bands (scheme, stars, least) values
    ('ocop', 5, 90), ('ocop', 4, 70), ('ocop', 3, 50), ('ocop', 2, 30), ('ocop', 1, 0),
    ('otop', 5, 90), ('otop', 4, 80), ('otop', 3, 70), ('otop', 2, 50), ('otop', 1, 0);

alter table programme add grading_scheme slug not null default 'ocop' references grading_schemes;

-- What the programme found of a product. A later one takes the place of those before it; none is ever changed.
create table assessments (
    id          bigint generated always as identity primary key,
    product_id  bigint not null references products,
    scheme      slug not null references grading_schemes,
    points      int not null check (points between 0 and 100),
    stars       int not null check (stars between 1 and 5),
    advice      text not null check (length(advice) <= 2000), -- for the producer: what would make it better
    lang        lang not null,                                -- the advice's
    assessed_by bigint not null references accounts,
    assessed_at timestamptz not null,
    valid_until timestamptz not null check (valid_until > assessed_at),
    unique (id, scheme)
);
create index on assessments (product_id, id desc);

create table assessment_points (
    assessment_id bigint not null,
    scheme        slug not null,
    criterion     text not null,
    points        int not null check (points >= 0),
    primary key (assessment_id, criterion),
    foreign key (assessment_id, scheme) references assessments (id, scheme),
    foreign key (scheme, criterion) references grading_criteria (scheme, code)
);

create trigger assessments_append_only before update or delete on assessments
    for each row execute function refuse_change();
create trigger assessment_points_append_only before update or delete on assessment_points
    for each row execute function refuse_change();
create trigger assessments_no_truncate before truncate on assessments
    for each statement execute function refuse_change();
create trigger assessment_points_no_truncate before truncate on assessment_points
    for each statement execute function refuse_change();

-- Points are those of every criterion of the scheme, within its most; stars are what the scheme gives for their sum.
-- +goose StatementBegin
create function check_assessment() returns trigger language plpgsql as $$
declare a assessments%rowtype; wanted int; given int; total int; above int;
begin
    select * into a from assessments where id = case tg_table_name when 'assessments' then (to_jsonb(new) ->> 'id')::bigint
                                                else (to_jsonb(new) ->> 'assessment_id')::bigint end;
    select count(*) into wanted from grading_criteria where scheme = a.scheme;
    select count(*), coalesce(sum(p.points), 0), count(*) filter (where p.points > c.most) into given, total, above
    from assessment_points p join grading_criteria c on c.scheme = p.scheme and c.code = p.criterion where p.assessment_id = a.id;
    if given <> wanted or total <> a.points or above > 0
       or a.stars is distinct from (select max(stars) from grading_bands where scheme = a.scheme and least <= a.points) then
        raise exception 'assessment % does not follow its scheme', a.id using errcode = 'check_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger assessments_follow_the_scheme after insert on assessments
    deferrable initially deferred for each row execute function check_assessment();
create constraint trigger assessment_points_follow_the_scheme after insert on assessment_points
    deferrable initially deferred for each row execute function check_assessment();

-- What buyers see of the latest assessment, while it holds: what lists filter by.
create table product_stars (
    product_id    bigint primary key references products,
    assessment_id bigint not null references assessments,
    stars         int not null check (stars between 1 and 5),
    valid_until   timestamptz not null
);
create index on product_stars (stars, product_id);

-- +goose StatementBegin
create function award_stars() returns trigger language plpgsql as $$
begin
    insert into product_stars (product_id, assessment_id, stars, valid_until)
    values (new.product_id, new.id, new.stars, new.valid_until)
    on conflict (product_id) do update
        set assessment_id = excluded.assessment_id, stars = excluded.stars, valid_until = excluded.valid_until
        where product_stars.assessment_id < excluded.assessment_id;
    -- Its page, and what searches find.
    perform pg_notify('awil_changes', 'product:' || new.product_id || ' words');
    return null;
end $$;
-- +goose StatementEnd
create trigger award_stars after insert on assessments for each row execute function award_stars();

-- Rubrics belong to the programme, and are told as it is.
-- +goose StatementBegin
create function tell_markets() returns trigger language plpgsql as $$
begin
    perform pg_notify('awil_changes', 'markets');
    return null;
end $$;
-- +goose StatementEnd
create trigger tell_schemes after insert or update or delete on grading_schemes for each statement execute function tell_markets();
create trigger tell_criteria after insert or update or delete on grading_criteria for each statement execute function tell_markets();
create trigger tell_bands after insert or update or delete on grading_bands for each statement execute function tell_markets();

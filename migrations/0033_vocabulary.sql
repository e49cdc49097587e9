-- +goose Up

-- Programs keep the words that names consist of in memory, so that nobody who types waits for them: a word that is new is
-- told by itself, and only if it is.
-- +goose StatementBegin
create or replace function tell_new_words() returns trigger language plpgsql as $$
begin
    if exists (select from fresh) then
        perform pg_notify('awil_changes', 'words vocabulary');
    end if;
    return null;
end $$;

create or replace function tell_vocabulary() returns trigger language plpgsql as $$
begin
    perform pg_notify('awil_changes', 'words vocabulary');
    return null;
end $$;
-- +goose StatementEnd
drop trigger if exists tell_words on search_words;
create or replace trigger tell_new_words after insert on search_words referencing new table as fresh
    for each statement execute function tell_new_words();
create or replace trigger tell_vocabulary after update or delete on search_words for each statement execute function tell_vocabulary();

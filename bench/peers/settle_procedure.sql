-- The bench region's settlement as a stored procedure, for comparison: the same deductible, ratio, cap, account and second layer,
-- the same rows kept (settlement, funds, twelve lines, entries, message, accumulators), one durable transaction each.
create table person (psn_no bigint primary key, account bigint not null);
create table year_row (psn_no bigint primary key, deductible bigint not null, pooled bigint not null, own bigint not null, illness bigint not null);
create table settlement (id bigserial primary key, psn_no bigint, provider text, total bigint, funds bigint, account bigint, cash bigint, at timestamptz default now());
create table settlement_fund (id bigint, fund text, amount bigint);
create table fee_line (id bigint, n int, item text, class char, amount bigint, prepay bigint, in_scope bigint, primary key (id, n));
create table entry (id bigint, kind text, owner text, amount bigint);
create table message (provider text, msgid bigint, id bigint, primary key (provider, msgid));
insert into person select g, 50000 from generate_series(1, :persons) g;
insert into year_row select g, 0, 0, 0, 0 from generate_series(1, :persons) g;
create sequence message_number;

create function settle(p bigint, amounts bigint[]) returns bigint language plpgsql as $$
declare
  y year_row; a bigint; total bigint := 0; eligible bigint := 0; prepaid bigint; d bigint; pool bigint; rest bigint; own bigint;
  ill bigint; from_account bigint; sid bigint; m bigint := nextval('message_number');
begin
  select * into y from year_row where psn_no = p for update;
  select account into a from person where psn_no = p for update;
  for i in 1 .. 12 loop
    total := total + amounts[i];
    eligible := eligible + amounts[i] - case when i % 4 = 0 then (amounts[i] * 10 + 50) / 100 else 0 end;
  end loop;
  d := least(eligible, greatest(0, 40000 - y.deductible));
  pool := least(((eligible - d) * 70 + 50) / 100, greatest(0, 600000 - y.pooled));
  rest := total - pool;
  from_account := least(rest, a);
  own := rest - from_account;
  ill := (greatest(0, y.own + own - 1400000) - greatest(0, y.own - 1400000)) * 60 / 100;
  insert into settlement (psn_no, provider, total, funds, account, cash)
    values (p, 'H1', total, pool + ill, from_account, own - ill) returning id into sid;
  insert into settlement_fund values (sid, 'pool', pool), (sid, 'illness', ill);
  insert into fee_line select sid, n, 'XA10BA02', case when n % 4 = 0 then 'B' else 'A' end, v,
    case when n % 4 = 0 then (v * 10 + 50) / 100 else 0 end, v - case when n % 4 = 0 then (v * 10 + 50) / 100 else 0 end
    from unnest(amounts) with ordinality as u(v, n);
  insert into entry values (sid, 'fund', 'pool', -pool), (sid, 'fund', 'illness', -ill), (sid, 'personal', p::text, -from_account),
    (sid, 'cash', p::text, -(own - ill)), (sid, 'provider', 'H1', total);
  insert into message values ('H1', m, sid);
  update person set account = account - from_account where psn_no = p;
  update year_row set deductible = deductible + d, pooled = pooled + pool, own = year_row.own + rest - from_account,
    illness = illness + ill where psn_no = p;
  return sid;
end $$;

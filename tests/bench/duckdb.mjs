// Loads the lines that mingce imports into typed columns, and counts a year of them.
//   node duckdb.mjs HOME load DATABASE LINES
//   node duckdb.mjs HOME query DATABASE YEAR THREADS ROUNDS
// Prints one JSON object. HOME has node_modules with @duckdb/node-api.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [home, verb, database, ...rest] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(join(home, 'index.js'))('@duckdb/node-api');

const open = async (options) => (await DuckDBInstance.create(database, options)).connect();
const rows = async (connection, text) => (await connection.run(text)).getRows();

async function load(lines) {
  const connection = await open({ threads: '2' });
  await connection.run(`CREATE TABLE events AS
    SELECT CAST(split_part(request, '-', 2) AS INTEGER) AS number, type,
           CAST("on" AS DATE) AS day, data->>'$.applicant.kind' AS applicant,
           data->>'$.outcome' AS outcome
    FROM read_json('${lines}', format = 'newline_delimited', columns = {
      type: 'VARCHAR', organ: 'VARCHAR', request: 'VARCHAR', "on": 'VARCHAR', data: 'JSON'})
    WHERE request IS NOT NULL`);
  const [[count]] = await rows(connection, 'SELECT count(*) FROM events');
  return { events: Number(count) };
}

async function query(year, threads, rounds) {
  const connection = await open({ threads, access_mode: 'READ_ONLY' });
  const inYear = (day) => `${day} >= '${year}-01-01' AND ${day} < '${Number(year) + 1}-01-01'`;
  const queries = {
    // every event, folded to its request
    fold: `SELECT outcome, applicant, count(*) FROM (
             SELECT number, max(applicant) AS applicant, max(outcome) AS outcome,
                    max(day) FILTER (type = 'request.answered') AS answered
             FROM events GROUP BY number)
           WHERE ${inYear('answered')} GROUP BY 1, 2`,
    // the year's answers alone, each with its opening
    matrix: `SELECT a.outcome, r.applicant, count(*)
             FROM events a JOIN events r ON r.number = a.number AND r.type = 'request.received'
             WHERE a.type = 'request.answered' AND ${inYear('a.day')} GROUP BY 1, 2`,
  };
  const found = { version: (await rows(connection, 'SELECT version()'))[0][0] };
  for (const [name, text] of Object.entries(queries)) {
    found[name] = [];
    for (let round = 0; round <= Number(rounds); ++round) {
      const begin = process.hrtime.bigint();
      const cells = await rows(connection, text);
      const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
      // The first round reads the file; it is not counted.
      if (round > 0) found[name].push({ seconds, total: cells.reduce((n, c) => n + Number(c[2]), 0) });
    }
  }
  return found;
}

const answer = verb === 'load' ? await load(rest[0]) : await query(...rest);
console.log(JSON.stringify(answer));

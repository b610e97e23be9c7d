import type { Database, Statement } from 'better-sqlite3';

export type Row = Readonly<Record<string, string | number | null>>;
export type Bindings = Readonly<Record<string, string | number | null>>;

/** Statements of one database, prepared once each. */
export class Statements {
  readonly database: Database;
  readonly #prepared = new Map<string, Statement<unknown[], unknown>>();

  constructor(database: Database) {
    this.database = database;
  }

  all(sql: string, bindings: Bindings = {}): Row[] {
    return this.#statement(sql).all(bindings) as Row[];
  }

  get(sql: string, bindings: Bindings = {}): Row | undefined {
    return this.#statement(sql).get(bindings) as Row | undefined;
  }

  /** Rows changed, and the id of the row that was added. */
  run(sql: string, bindings: Bindings = {}): { changes: number; id: number } {
    const { changes, lastInsertRowid } = this.#statement(sql).run(bindings);
    return { changes, id: Number(lastInsertRowid) };
  }

  #statement(sql: string): Statement<unknown[], unknown> {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.database.prepare<unknown[], unknown>(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

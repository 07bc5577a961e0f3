/** A small shop as a SQLite file: customers, their orders, and a view of both. */
import { DatabaseSync } from 'node:sqlite';

export const SHOP = `
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id), total NUMERIC, note TEXT);
CREATE VIEW totals AS SELECT c.name, sum(o.total) AS total FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY c.name;
INSERT INTO customers VALUES (1, 'Ada Lovelace', 'PT'), (2, 'Grace Hopper', 'US'), (3, 'Hedy Lamarr', 'PT'), (4, 'Bob | Tables', NULL);
INSERT INTO orders VALUES (1, 1, 12.5, 'first'), (2, 1, 40, NULL), (3, 2, 7.25, 'a gift'), (4, 3, 99, NULL);`;

export function makeShop(file: string): void {
  const db = new DatabaseSync(file);
  db.exec(SHOP);
  db.close();
}

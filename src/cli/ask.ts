/** Runs a question on the service's database: by the service that has it, or here where no service does. */
import { askService, type Questions } from '../app/control.ts';
import { questionsOf } from '../app/questions.ts';
import type { Environment } from '../config/environment.ts';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrations.ts';
import { ownDataDir } from '../store/owner.ts';
import { startQueue } from '../store/queue.ts';

/** Rejects with a UserError where the database can't be had. */
export async function ask(
  { dataDir, databaseUrl }: Pick<Environment, 'dataDir' | 'databaseUrl'>,
  question: keyof ReturnType<typeof questionsOf>,
  argument?: unknown,
): Promise<unknown> {
  if (databaseUrl === undefined) {
    const answered = await askService(dataDir, question, argument);
    if (answered !== undefined) return answered.answer;
  }
  const owner = databaseUrl === undefined ? ownDataDir(dataDir) : undefined;
  const database = await openDatabase(databaseUrl, dataDir);
  try {
    await migrate(database);
    const queue = await startQueue(database, () => undefined);
    try {
      return await (questionsOf({ database, queue }) as Questions)[question]?.(argument);
    } finally {
      await queue.stop(0);
    }
  } finally {
    await database.close();
    owner?.release();
  }
}

import { argv, stdout } from 'node:process';
import { draw } from '../../source/ui/draw.ts';
import { unseenLock } from '../../source/ui/lock-sight.ts';
import { reduce, type Screen, start } from '../../source/ui/screens.ts';
import { painter } from '../../source/ui/spans.ts';
import { lockViews, maintenanceModels } from './maintenance-views.ts';
import { earlyModel, partitionModel, sampleModel, troubledModel } from './views.ts';

/**
 * Prints frames of sample models, to look at: `npx tsx test/support/gallery.tsx [SCREEN] [MODEL] [COLUMNSxROWS]
 * [--ascii] [--no-color]`.
 */
const models = {
  healthy: () => sampleModel({ peers: 5 }),
  partition: partitionModel,
  troubled: troubledModel,
  early: () => earlyModel(5),
  one: () => sampleModel({ peers: 1 }),
  big: () => sampleModel({ peers: 100 }),
} as const;

const [screen = 'grid', model = 'healthy', size = '80x24'] = argv
  .slice(2)
  .filter((arg) => !arg.startsWith('--'));
const [columns = 80, rows = 24] = size.split('x').map(Number);
const options = { ascii: argv.includes('--ascii'), color: !argv.includes('--no-color'), readOnly: true };
const maintenance = screen === 'checklist' ? (maintenanceModels[model] ?? null) : null;
const view = screen === 'lock' ? (lockViews[model] ?? null) : null;
const chosen = (models[model as keyof typeof models] ?? models.healthy)();
const scene = {
  model: chosen,
  columns,
  height: rows - 1,
  options,
  can: { mischief: true, workshop: view !== null, begin: view !== null, maintenance: maintenance !== null },
  maintenance,
  lock: { ...unseenLock, view },
  notice: null,
};
const reach = { ids: [], page: 1, maxScroll: 0, maxLeft: 0 };
const opened =
  screen === 'grid'
    ? start
    : screen === 'peer'
      ? { ...start, at: { screen: 'peer', id: chosen.view.peers[1]?.id ?? '', scroll: 0 } satisfies Screen }
      : reduce(start, { kind: 'go', to: screen as 'matrix' }, reach);
const paint = painter(options);
for (const parts of draw(scene, opened).lines) stdout.write(`${paint(parts)}\n`);

/** GitHub's record of the App's deliveries. */
import type { Octokit } from 'octokit';
import type { Delivery, DeliveryRecord } from '../../jobs/deliveries.ts';

/** Pages of 100 that are read at most: 20,000 deliveries. */
const MAX_PAGES = 200;

/** @param octokit as the App itself */
export function deliveryRecord(octokit: Octokit, isGitHubCom: boolean): DeliveryRecord {
  return {
    days: isGitHubCom ? 3 : 7,
    async list(since) {
      const found: Delivery[] = [];
      let pages = 0;
      const all = octokit.paginate.iterator(octokit.rest.apps.listWebhookDeliveries, { per_page: 100 });
      for await (const { data } of all) {
        for (const item of data) {
          const deliveredAt = Date.parse(item.delivered_at);
          if (deliveredAt < since) return found;
          const { id, guid, event, action, status_code: statusCode } = item;
          found.push({ id, guid, event, action, statusCode, deliveredAt });
        }
        if (++pages >= MAX_PAGES) return found;
      }
      return found;
    },
    async redeliver(id) {
      await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
    },
  };
}

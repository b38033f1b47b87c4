// Prints what deploying one template over another would do to its resources, as JSON: [{"id","type","impact"}].
//
//   node diff.mjs old.json new.json
//
// The impacts are those of the CDK's own diff: WILL_REPLACE, MAY_REPLACE, WILL_DESTROY, WILL_ORPHAN and others.
import { readFileSync } from 'node:fs'
import { fullDiff } from '@aws-cdk/cloudformation-diff'

const [before, after] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')))
const changes = []
fullDiff(before, after).resources.forEachDifference((id, change) => {
  changes.push({ id, type: change.resourceType ?? change.oldResourceType, impact: change.changeImpact })
})
console.log(JSON.stringify(changes))

// Cases on standard input, read first: the milliseconds of CPU that answering them takes.
import { createInterface } from 'node:readline'
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { simulation } from './simulation.mjs'

const cases = []
for await (const line of createInterface({ input: process.stdin })) {
  cases.push(simulation(JSON.parse(line)))
}
await runSimulation(cases[0], {})
const begun = process.cpuUsage()
for (const one of cases) await runSimulation(one, {})
const { user, system } = process.cpuUsage(begun)
process.stdout.write(String((user + system) / 1000))

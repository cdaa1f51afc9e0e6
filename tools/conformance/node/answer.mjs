// One case a line in, one answer a line out: @cloud-copilot/iam-simulate in a process of its own.
// The cases are in idkeep's batch format (docs/decide.md); an answer is {"answer": decision} or {"refused": why}.
import { createInterface } from 'node:readline'
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { simulation } from './simulation.mjs'

async function answer(line) {
  const told = JSON.parse(line)
  if (told.refused) return { refused: told.refused }
  const result = await runSimulation(simulation(told), {})
  return result.resultType === 'error'
    ? { refused: JSON.stringify(result.errors) }
    : { answer: result.overallResult }
}

for await (const line of createInterface({ input: process.stdin })) {
  let said
  try {
    said = await answer(line)
  } catch (error) {
    said = { refused: error.message }
  }
  process.stdout.write(JSON.stringify(said) + '\n')
}

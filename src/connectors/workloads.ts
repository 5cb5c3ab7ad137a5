/** What Kubernetes objects and Argo CD applications have in common. */
import * as alias from '../model/alias.ts'
import type {Alias} from '../model/fact.ts'
import {isIdentifier} from './fields.ts'

/** Kinds that run something of somebody's; a Rollout is a Deployment by another controller. */
export const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job', 'Rollout']

/**
 * `ghcr.io/fen/heron/api:1.2` is built from `fen/heron` by GitHub's custom; `1234.dkr.ecr.eu-west-1.amazonaws.com/heron:1` from
 * something called heron. Images of the public library (`nginx:1`, `grafana/agent`) are nobody's here.
 */
export function imageRepository(image: string): Alias | undefined {
  const [host = '', ...path] = image
    .replace(/@.*$/, '')
    .replace(/:[^:/]*$/, '')
    .split('/')
  if (
    path.length === 0 ||
    !/[.:]/.test(host) ||
    /^(docker\.io|quay\.io|registry\.k8s\.io|public\.ecr\.aws|gcr\.io)$/.test(host)
  )
    return undefined
  if (host === 'ghcr.io') return path.length >= 2 ? alias.githubRepo(path[0]!, path[1]!) : undefined
  const name = path.at(-1)!
  return isIdentifier(name) ? alias.named('repo', name) : undefined
}

/**
 * Models that think before they answer, and bill it as output: as their makers' model pages said on 2026-11-01. A model that
 * thinks only when asked to (Claude from 3.7 on, Gemini 2.5 Flash) is not here: that a request asked is nowhere in its row.
 */
import {modelBase} from './model-name.ts'

const REASONING =
  /^(?:o[134](?:-(?:mini|pro|preview|deep-research|mini-deep-research))?|gpt-5(?:-\d)?(?:-(?:mini|nano|pro|codex|codex-mini|codex-max))?|gpt-oss-\d+b|deepseek-(?:reasoner|r1.*)|r1|gemini-(?:2-5|3)-pro.*|qwq-32b|kimi-k2-thinking|magistral-.*|grok-(?:3-mini|4).*|sonar-reasoning.*)$/

export const isReasoning = (model: string): boolean => REASONING.test(modelBase(model))

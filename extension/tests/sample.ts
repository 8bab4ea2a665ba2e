import type { Answer } from "../common/answer";

/** A well-formed answer for two paragraphs, the second a forecast by somebody named. */
export const TEXT = ["The ferry sails again.", "=It could snow, Ada said."];

export const sample = (): Answer => ({
  model: { name: "sayso-en", version: "1.0.0" },
  language: "en",
  paragraphs: [
    {
      label: "reported_fact",
      confidence: 0.9,
      certain: true,
      also: [],
      shares: { reported_fact: 1, attributed_claim: 0, anonymous_claim: 0, forecast: 0 },
      sentences: [{ start: 0, end: 22, source: "none", forecast: false, confidence: 0.9, speaker: null, cues: [] }],
    },
    {
      label: "forecast",
      confidence: 0.55,
      certain: false,
      also: ["attributed_claim"],
      shares: { reported_fact: 0, attributed_claim: 1, anonymous_claim: 0, forecast: 1 },
      sentences: [
        {
          start: 0,
          end: 25,
          source: "named",
          forecast: true,
          confidence: 0.55,
          speaker: { text: "Ada", start: 16, end: 19, paragraph: 1 },
          cues: [{ start: 20, end: 24, kind: "reporting" }],
        },
      ],
    },
  ],
  summary: {
    words: 9,
    shares: { reported_fact: 0.44, attributed_claim: 0.56, anonymous_claim: 0, forecast: 0.56 },
    sources: [{ name: "Ada", kind: "named", words: 5, paragraphs: [1] }],
  },
});

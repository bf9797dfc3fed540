import Events
import Experience
import Statistics
import Stories
import Words

/// Makes the figures of texts from their counts.
struct WordsFigures {
  private let question: WordsQuestion
  private let plan: WordsPlan
  private let tally: WordsTally

  init(_ question: WordsQuestion, _ plan: WordsPlan, _ tally: WordsTally) {
    self.question = question
    self.plan = plan
    self.tally = tally
  }

  func answer() -> WordsAnswer {
    let lists = question.verbatims > 0
    let groups = lists ? [] : shownGroups()
    let figures = (0..<(lists ? 0 : plan.spans.count)).flatMap { span in
      groups.map { figure(span, $0) }
    }
    let (proposals, left) = proposals()
    return WordsAnswer(
      interval: question.interval, by: question.naming.map(Self.name), figures: figures,
      proposals: proposals, verbatims: lists ? tally.listed.map(verbatim) : nil,
      tally: AnswerTally(
        counted: tally.counted,
        excluded: [.init(reason: "texts from which no term is proposed", count: left)]))
  }

  private static func name(_ naming: Naming) -> String {
    switch naming {
    case .event: "event"
    case .touchpoint: "touchpoint"
    case .property(let name): name
    }
  }

  /// All texts, then the groups that have any: most first, those without a value last.
  private func shownGroups() -> [Int] {
    func events(_ group: Int) -> Int {
      (0..<plan.spans.count).reduce(0) {
        $0 + tally.texts($1 * plan.width + group, WordsSlots.events)
      }
    }
    let none = plan.width - 1
    let known = (1..<max(1, plan.width)).map { (group: $0, events: events($0)) }
      .filter { $0.events > 0 }
      .sorted { left, right in
        if (left.group == none) != (right.group == none) { return right.group == none }
        return (right.events, plan.groups[left.group - 1])
          < (left.events, plan.groups[right.group - 1])
      }
    return [0] + known.map(\.group)
  }

  private func figure(_ span: Int, _ group: Int) -> WordsAnswer.Figure {
    let (spans, place) = (plan.spans, span * plan.width + group)
    let feelings = Sentiment.Tone.allCases.map { tone in
      part(tone.rawValue, place, WordsSlots.tone(tone), of: judged(place))
    }
    let languages = ([nil] + Language.allCases.map { $0 }).map { language in
      part(
        language?.rawValue ?? WordsAnswer.unknownLanguage, place, WordsSlots.language(language))
    }
    let themes = (0...plan.themes.count).map { theme in
      part(
        theme < plan.themes.count ? plan.themes[theme].name : WordsAnswer.noTheme, place,
        WordsSlots.theme(theme))
    }
    return WordsAnswer.Figure(
      interval: question.interval == nil ? "" : spans.names[span], from: spans.starts[span],
      to: spans.starts[span + 1], by: group == 0 ? nil : plan.groups[group - 1],
      events: WordsAnswer.Count(
        count: tally.texts(place, WordsSlots.events),
        customers: tally.customers(place, WordsSlots.events)),
      texts: part(
        WordsAnswer.withWords, place, WordsSlots.texts, of: tally.texts(place, WordsSlots.events)),
      feelings: feelings, unjudged: tally.texts(place, WordsSlots.unjudged),
      languages: languages.filter { $0.texts > 0 }.sorted {
        ($1.texts, $0.name) < ($0.texts, $1.name)
      },
      // Without themes there is nothing that others could lack.
      themes: plan.themes.isEmpty ? [] : themes,
      isOpen: question.interval != nil && spans.isOpen(span, watermark: plan.watermark))
  }

  private func judged(_ place: Int) -> Int {
    tally.texts(place, WordsSlots.texts) - tally.texts(place, WordsSlots.unjudged)
  }

  /// One part of a figure; its share is of all texts with words unless another whole is given.
  private func part(
    _ name: String, _ place: Int, _ slot: Int, of whole: Int? = nil
  ) -> WordsAnswer.Part {
    let scores = tally.scores(place, slot)
    let all = tally.scores(place, WordsSlots.texts)
    let texts = tally.texts(place, slot)
    return WordsAnswer.Part(
      name: name, customers: tally.customers(place, slot), texts: texts,
      share: Estimate.share(texts, of: whole ?? tally.texts(place, WordsSlots.texts)),
      score: scores.mean,
      effect: slot == WordsSlots.texts ? .none : scores.above(all - scores),
      mood: tally.moods(place, slot).mean)
  }

  /// The terms that stand out in low against high texts and are no theme yet, and how many texts were
  /// left out.
  private func proposals() -> (terms: [WordsAnswer.Proposal], left: Int) {
    // In an order that doesn't change from run to run.
    let ranked = tally.distinct.sorted {
      ($0.key.segment, $0.key.text) < ($1.key.segment, $1.key.text)
    }
    let taken = ranked.prefix(Self.mostTexts)
    let scores = tally.scores(0, WordsSlots.texts)
    let hasScores = plan.figures > 0 && scores.count > 0
    let middle = hasScores ? scores.sum / Double(scores.count) : 0
    var standouts = Standouts()
    var texts = 0
    for (key, written) in taken {
      let table = plan.segments[key.segment]
      let own =
        hasScores
        ? (written.scores.count > 0 ? written.scores.sum / Double(written.scores.count) : .nan)
        : table.readings[key.text].sentiment
      guard !own.isNaN else { continue }
      texts += written.count
      // A text that feels like nothing speaks for neither side.
      if !hasScores, own == 0 { continue }
      let isLow = own < middle
      standouts.add(
        WrittenText(table.dictionary.text(key.text)), low: isLow ? written.count : 0,
        high: isLow ? 0 : written.count)
    }
    let terms = standouts.terms(most: WordsQuestion.mostProposals + plan.themes.count * 8)
      .filter { term in
        let words = term.term.split(separator: " ").map(String.init)
        return !plan.themes.contains { $0.isIn(words) }
      }
    let proposals = terms.prefix(WordsQuestion.mostProposals).map { term in
      WordsAnswer.Proposal(
        term: term.term, texts: term.low + term.high, low: term.low,
        share: Estimate.share(min(texts, term.low + term.high), of: texts), z: term.z)
    }
    return (proposals, ranked.dropFirst(Self.mostTexts).reduce(0) { $0 + $1.value.count })
  }

  /// From so many distinct texts terms are proposed; more would only make it slower.
  private static let mostTexts = 100_000

  private func verbatim(_ listed: WordsTally.ListedText) -> WordsAnswer.Verbatim {
    let segment = plan.stories.segments[listed.segment]
    let table = plan.segments[listed.segment]
    let reading = table.readings[listed.text]
    let whole = table.dictionary.text(listed.text)
    let text = String(whole.prefix(WordsQuestion.longestVerbatim))
    let key = segment.ownKey(row: listed.row, customer: listed.customer)
    return WordsAnswer.Verbatim(
      time: Instant(milliseconds: listed.time),
      customer: segment.identities.identity(of: key)?.description ?? "",
      event: plan.stories.names.names[Int(segment.codes[listed.row])], text: text,
      isCut: text.utf8.count < table.dictionary.utf8(listed.text).count,
      score: table.score(listed.row),
      sentiment: reading.sentiment.isNaN ? nil : reading.sentiment, feeling: reading.tone,
      language: reading.languageFound?.rawValue,
      themes: plan.themes.enumerated().filter { reading.themes & (1 << UInt64($0.offset)) != 0 }
        .map(\.element.name))
  }
}

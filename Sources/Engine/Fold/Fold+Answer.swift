import Events
import Foundation
import Stories
import Synchronization

extension Stories {
  /// The answers to one or more questions, from one pass over the stories on all cores.
  ///
  ///     let (funnel, overview) = try await stories.answer(funnelQuestion, LogQuestion())
  ///
  /// - Throws: the refusal of a question, or `CancellationError` where the task was cancelled.
  public func answer<each Question: Fold>(
    _ question: repeat each Question
  ) async throws -> (repeat (each Question).Answer) {
    let sections = sections()
    let runs = (repeat try FoldRun(each question, of: self))
    var passes: [any FoldPass] = []
    for run in repeat each runs { passes.append(run) }
    try await visit(sections, by: passes)
    return (repeat (each runs).finish())
  }

  func visit(_ sections: [[Block]], by passes: [any FoldPass]) async throws {
    let tickets = Tickets(count: sections.count)
    let workers = min(sections.count, ProcessInfo.processInfo.activeProcessorCount)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<workers {
        group.addTask {
          while let section = tickets.next() {
            let parts = passes.map { $0.section(section) }
            for block in sections[section] {
              try Task.checkCancellation()
              for part in parts { part.visit(block) }
            }
            for part in parts { part.end() }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// The visible customers, cut into sections of about equal work, and those into blocks.
  ///
  /// The cuts follow from the data alone.
  func sections() -> [[Block]] {
    let wanted = eventCount / Block.mostSections
    let share = max(Block.fewestEventsOfSection, wanted)
    var sections: [[Block]] = [[]]
    var events = 0
    for (index, segment) in segments.enumerated() {
      for range in segment.visible {
        var start = range.lowerBound
        while start < range.upperBound {
          let end = min(start + Block.mostCustomers, range.upperBound)
          if events >= share {
            sections.append([])
            events = 0
          }
          sections[sections.count - 1].append(Block(segment: index, customers: start..<end))
          events += Int(segment.offsets[end]) - Int(segment.offsets[start])
          start = end
        }
      }
    }
    return sections
  }
}

/// Customers of one segment that the questions of a pass visit one after the other.
struct Block: Sendable, Equatable {
  var segment: Int
  var customers: Range<Int>

  /// Few enough for their columns to stay in a core's cache while several questions visit them.
  static let mostCustomers = 4096
  /// Enough sections to keep many cores busy to the end, few enough to merge in no time.
  static let mostSections = 64
  /// Below this a section isn't worth the merging.
  static let fewestEventsOfSection = 65_536
}

/// Hands out the positions of sections, each once.
private final class Tickets: Sendable {
  private let taken = Atomic(0)
  private let count: Int

  init(count: Int) { self.count = count }

  func next() -> Int? {
    let ticket = taken.wrappingAdd(1, ordering: .relaxed).oldValue
    return ticket < count ? ticket : nil
  }
}

/// One question's way through all sections, whatever its type.
protocol FoldPass: Sendable {
  func section(_ position: Int) -> any FoldSection
}

/// One question's way through one section.
protocol FoldSection: AnyObject {
  func visit(_ block: Block)
  func end()
}

final class FoldRun<Question: Fold>: FoldPass {
  let question: Question
  let stories: Stories
  let plan: Question.Plan
  private let merging = Mutex(Merging())

  /// A partial answer that others are merged into where it lies; one thread at a time has it.
  private final class Whole: @unchecked Sendable {
    var partial: Question.Partial
    init(_ partial: Question.Partial) { self.partial = partial }
  }

  /// What the sections have counted, as far as they are through.
  private struct Merging {
    /// Partial answers of sections that come after one that isn't through.
    var waiting: [Int: Question.Partial] = [:]
    /// The sections before `next`, merged; nil before the first.
    var whole: Whole?
    var next = 0
    var isMerging = false

    /// The parts that come next, if there are some and nobody is at it.
    mutating func take() -> [Question.Partial]? {
      guard !isMerging else { return nil }
      var parts: [Question.Partial] = []
      while let part = waiting.removeValue(forKey: next) {
        parts.append(part)
        next += 1
      }
      guard !parts.isEmpty else { return nil }
      isMerging = true
      return parts
    }
  }

  init(_ question: Question, of stories: Stories) throws(Refusal) {
    self.question = question
    self.stories = stories
    plan = try question.plan(for: stories)
  }

  func section(_ position: Int) -> any FoldSection { Section(self, at: position) }

  func finish() -> Question.Answer {
    let nothing = question.begin(plan)
    guard let whole = merging.withLock({ $0.whole.take() }) else {
      return question.finish(nothing, by: plan)
    }
    // Taken out, so that nobody else holds what `finish` may change in place.
    let partial = whole.partial
    whole.partial = nothing
    return question.finish(partial, by: plan)
  }

  /// Takes what a section has counted, and merges what is next in order while others go on: only a
  /// few partial answers are in memory at once.
  private func end(_ partial: Question.Partial, at position: Int) {
    var (whole, next) = merging.withLock { merging in
      merging.waiting[position] = partial
      return (merging.whole, merging.take())
    }
    while let parts = next {
      for part in parts {
        if let whole {
          question.merge(part, into: &whole.partial)
        } else {
          whole = Whole(part)
        }
      }
      next = merging.withLock { merging in
        merging.whole = whole
        merging.isMerging = false
        return merging.take()
      }
    }
  }

  private final class Section: FoldSection {
    private let run: FoldRun
    private let position: Int
    private var partial: Question.Partial

    init(_ run: FoldRun, at position: Int) {
      self.run = run
      self.position = position
      partial = run.question.begin(run.plan)
    }

    func visit(_ block: Block) {
      run.question.visit(
        block.customers, ofSegment: block.segment, in: run.stories, by: run.plan, into: &partial)
    }

    func end() { run.end(partial, at: position) }
  }
}

import Events
import Stories
import Synchronization

/// A fold's way through the stories customer by customer, to find those behind one of its numbers.
final class Trace<Question: TraceableFold>: FoldPass {
  private let question: Question
  private let stories: Stories
  private let plan: Question.Plan
  private let cell: Question.Cell
  private let found = Mutex<[UInt64]>([])

  /// Finds the number in a row of the answer's table.
  ///
  /// - Throws: `customers.row`, or what planning throws.
  init(_ question: Question, behind row: AnswerRowKey, in stories: Stories) throws(Refusal) {
    self.question = question
    self.stories = stories
    plan = try question.plan(for: stories)
    cell = try question.cell(of: row, by: plan)
  }

  /// The keys of the customers at whose visit the number rose, ascending, each once.
  var customers: [UInt64] {
    var keys = found.withLock { $0 }
    keys.sort()
    var last: UInt64?
    keys.removeAll { key in
      defer { last = key }
      return key == last
    }
    return keys
  }

  func section(_ position: Int) -> any FoldSection { Section(self) }

  /// A section has a partial answer of its own: what it keeps of single customers stays small.
  private final class Section: FoldSection {
    private let trace: Trace
    private var partial: Question.Partial
    private var keys: [UInt64] = []

    init(_ trace: Trace) {
      self.trace = trace
      partial = trace.question.begin(trace.plan)
    }

    func visit(_ block: Block) {
      let segment = trace.stories.segments[block.segment]
      var before = trace.question.count(at: trace.cell, in: partial)
      for customer in block.customers {
        trace.question.visit(
          customer..<(customer + 1), ofSegment: block.segment, in: trace.stories, by: trace.plan,
          into: &partial)
        let after = trace.question.count(at: trace.cell, in: partial)
        if after > before { keys.append(segment.customers[customer]) }
        before = after
      }
    }

    func end() { trace.found.withLock { $0 += keys } }
  }
}

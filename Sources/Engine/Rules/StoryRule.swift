import Events
import Experience
import Stories

/// A condition on a customer's story up to a moment, compiled for one segment.
///
/// Traits, counts, sums and `since` see the events before the one in question, in the story's order;
/// a span of history reaches from the moment back to *moment − span*, that end included. A trait is
/// the latest value of the property `traits.<name>` on any event. `age()` counts from the story's
/// first event, be it the one in question: a customer who appears now is 0 old.
public struct StoryRule: Sendable {
  private let segment: StorySegment
  private let memory: ColumnMemory
  private let node: RuleNode

  /// Compiles a condition.
  ///
  /// - Throws: `rule.story` where it speaks of one event's name or properties.
  public init(_ rule: Expression, of segment: StorySegment, names: EventNames) throws(Refusal) {
    try rule.check(.story)
    self.segment = segment
    memory = ColumnMemory()
    node = RuleNode(rule, of: segment, names: names, memory: memory)
  }

  /// Whether a story meets the condition just before the event of a row.
  ///
  /// - Parameters:
  ///   - story: the customer's rows.
  ///   - row: a row of the story, or its end to judge the whole story.
  ///   - time: the moment, in milliseconds since the Unix epoch.
  /// - Complexity: O(rows of the story before `row`) where the rule counts.
  public func holds(story: Range<Int>, before row: Int, at time: Int64) -> Bool {
    node.value(at: RuleMoment(story: story, row: row, time: time), in: segment).holds
  }
}

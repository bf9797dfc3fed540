import ArgumentParser
import Engine
import Events
import Experience
import Foundation
import Store
import Stories

/// Recounts journeys by separate, naive code.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Recount every figure of the maps from plain events by naive code, and compare.",
    usage: "waymark verify [<options>] [<journeys> ...]",
    discussion: """
      The naive twin shares nothing with the fast pass but the types and the statistics. It is slow, \
      so a sample of customers is recounted by both; --customers 0 takes everybody. Exit code 1 where \
      a figure differs.

      Examples:
        waymark verify
        waymark verify first_order --customers 0
      """)

  @Argument(help: "The journeys (default: all).") var journeys: [String] = []
  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup var question: QuestionOptions
  @Option(help: "How many customers to recount; 0: all.") var customers = 20_000
  @Option(help: "The form of the answer.") var format = PlainFormat.text

  private struct Answer: Encodable {
    var journey: String
    var customers: Int
    var events: Int
    var figures: Int
    var differences: [String]
  }

  func validate() throws {
    guard customers >= 0 else { throw ValidationError("--customers is 0 or more.") }
  }

  func run() async throws {
    let experience = try workspace.loadExperience()
    let context = try QuestionContext(experience)
    let whole = try workspace.store(.reading).stories(question.identity(context.calendar))
    let stories = customers == 0 ? whole : whole.sample(customers)
    let range = try TimeRange(question.from, question.to, context.calendar)
    let population = try question.population(in: context)
    let chosen =
      journeys.isEmpty
      ? experience.journeys
      : try journeys.map { try MapCommand.find($0, in: experience) }
    let plain = stories.plain()
    var answers: [Answer] = []
    for journey in chosen {
      let line = ProgressLine("Recounting \(journey.name)")
      line.update("")
      let asked = JourneyQuestion(
        journey, from: range.from, to: range.to, population: population, now: whole.watermark)
      let fast = try await stories.answer(JourneyFold(asked, of: experience))
      let naive = NaiveJourney.measure(plain, experience: experience, question: asked)
      let figures = try Figures(fast)
      line.clear()
      answers.append(
        Answer(
          journey: journey.name, customers: plain.count,
          events: plain.reduce(0) { $0 + $1.count }, figures: figures.count,
          differences: figures.differences(from: try Figures(naive))))
    }
    switch format {
    case .json: try writeJSON(answers)
    case .text: answers.forEach(tell)
    }
    if answers.contains(where: { !$0.differences.isEmpty }) { throw ExitCode(1) }
  }

  private func tell(_ answer: Answer) {
    let what =
      "\(grouped(answer.figures)) figures over \(counted(answer.customers, "customer")) "
      + "with \(counted(answer.events, "event"))"
    guard !answer.differences.isEmpty else {
      Terminal.print("\(answer.journey): equal to its recount")
      return Terminal.print("  \(what)")
    }
    Terminal.print("\(answer.journey): \(counted(answer.differences.count, "figure")) differ")
    Terminal.print("  of \(what):")
    for difference in answer.differences.prefix(20) { Terminal.print("  \(difference)") }
    Terminal.print("  This is a fault of Waymark; please report it with the experience.")
  }
}

/// The figures of an answer by their path in its JSON.
private struct Figures {
  private var values: [String: String] = [:]
  private var numbers: [String: Double] = [:]

  var count: Int { values.count + numbers.count }

  init(_ answer: some Encodable) throws {
    let data = try JSONEncoder().encode(answer)
    add(try JSONSerialization.jsonObject(with: data), at: "")
  }

  private mutating func add(_ value: Any, at path: String) {
    switch value {
    case let object as [String: Any]:
      for (key, value) in object { add(value, at: path.isEmpty ? key : "\(path).\(key)") }
    case let list as [Any]:
      for (position, value) in list.enumerated() { add(value, at: "\(path)[\(position)]") }
    case let number as NSNumber: numbers[path] = number.doubleValue
    default: values[path] = "\(value)"
    }
  }

  /// What differs; sums of fractions may differ in the last digits, since their order does.
  func differences(from others: Figures) -> [String] {
    var differences: [String] = []
    for path in Set(numbers.keys).union(others.numbers.keys) {
      let (left, right) = (numbers[path], others.numbers[path])
      if let left, let right, abs(left - right) <= 1e-9 * max(1, abs(left), abs(right)) { continue }
      differences.append(
        "\(path): \(left.map { "\($0)" } ?? "–") ≠ \(right.map { "\($0)" } ?? "–")")
    }
    for path in Set(values.keys).union(others.values.keys) where values[path] != others.values[path]
    {
      differences.append("\(path): \(values[path] ?? "–") ≠ \(others.values[path] ?? "–")")
    }
    return differences.sorted()
  }
}

extension Stories {
  /// The same stories with about that many of the customers, chosen by their keys, which are hashes.
  func sample(_ count: Int) -> Stories {
    let total = customerCount
    guard total > count else { return self }
    var sample = self
    let limit = UInt64(Double(UInt64.max) * Double(count) / Double(total))
    for index in sample.segments.indices {
      let segment = sample.segments[index]
      sample.segments[index].visible = segment.visible.flatMap { range in
        range.filter { segment.customers[$0] &* 0x9E37_79B9_7F4A_7C15 <= limit }
          .map { $0..<($0 + 1) }
      }
    }
    return sample
  }

  /// Every visible customer's events as plain values.
  func plain() -> [[Event]] {
    segments.flatMap { segment in
      segment.visible.joined().map { customer in
        segment.rows(of: customer).map {
          segment.event(row: $0, customer: customer, names: names)
        }
      }
    }
  }
}

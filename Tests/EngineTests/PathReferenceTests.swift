import Events
import Statistics
import Stories
import Testing

@testable import Engine

/// The figures are those of the same sources as in `ReferenceTests`.
@Suite(.enabled(if: ReferenceData.isHere))
struct `Ways in logs that nobody here made` {
  private func stories(
    _ file: String, _ customer: String, _ event: String, _ time: String,
    where wanted: ([String: String]) -> Bool = { _ in true }
  ) throws -> Stories {
    try ReferenceData.stories(
      file + ".csv.gz", customer: customer, event: event, time: time, where: wanted)
  }

  @Test func `of the shop are those of other tools`() async throws {
    let shop = try stories("simple_onlineshop", "user_id", "event", "timestamp")
    let (graph, variants) = try await shop.answer(
      GraphQuestion().fold(in: QuestionContext()),
      VariantsQuestion(repeats: .kept).fold(in: QuestionContext()))
    #expect(graph.edges.count == 46)
    #expect(graph.edges.prefix(5).map(\.transitions) == [4857, 4064, 2545, 2172, 1709])
    #expect(graph.edges.reduce(0) { $0 + $1.transitions } == 35_381 - 3751)
    #expect(graph.nodes.prefix(4).map(\.name) == ["catalog", "main", "lost", "cart"])
    #expect(graph.nodes.prefix(4).map(\.events) == [14_518, 5635, 3098, 2842])
    #expect(graph.nodes.prefix(4).map(\.customers) == [3611, 2385, 3098, 1924])
    #expect(variants.variantCount == 2028)
    #expect(variants.variants.prefix(6).map(\.customers) == [336, 109, 107, 96, 52, 49])
    #expect(variants.variants.first?.names == ["catalog", "lost"])
    #expect(variants.tally.counted == 3751)
  }

  @Test(arguments: ["start", "complete"])
  func `of patients are seven, without rework`(lifecycle: String) async throws {
    let patients = try stories("eventdataR_patients", "patient", "handling", "time") {
      $0["registration_type"] == lifecycle
    }
    let (variants, rework) = try await patients.answer(
      VariantsQuestion().fold(in: QuestionContext()),
      ReworkQuestion().fold(in: QuestionContext()))
    #expect(variants.variantCount == 7)
    #expect(variants.variants.map(\.customers) == [258, 234, 2, 2, 2, 1, 1])
    #expect(variants.variants.first?.names.contains("X-Ray") == true)
    #expect(rework.names.allSatisfy { $0.selfLoops == 0 && $0.repetitions == 0 })
    #expect(rework.again == 0)
  }

  @Test func `of traffic fines, their self-loops and repetitions are those of bupaR`() async throws
  {
    let fines = try stories("eventdataR_traffic_fines", "case_id", "activity", "timestamp")
    let (variants, rework, graph) = try await fines.answer(
      VariantsQuestion(repeats: .kept).fold(in: QuestionContext()),
      ReworkQuestion().fold(in: QuestionContext()), GraphQuestion().fold(in: QuestionContext()))
    #expect(variants.variantCount == 44)
    #expect(
      variants.variants.prefix(15).map(\.customers)
        == [3428, 3273, 1890, 758, 250, 151, 78, 37, 24, 13, 10, 9, 8, 7, 6])
    #expect(variants.variants.first?.names == ["Create Fine", "Payment"])
    let payment = try #require(rework.names.first)
    #expect(payment.name == "Payment")
    #expect(payment.customers == 4626)
    #expect((payment.selfLoops, payment.repetitions) == (259, 20))
    #expect(rework.names.dropFirst().allSatisfy { $0.selfLoops + $0.repetitions == 0 })
    #expect(graph.edges.count == 40)
    #expect(graph.edges.prefix(6).map(\.transitions) == [6557, 4633, 4417, 3443, 3288, 1117])
  }
}

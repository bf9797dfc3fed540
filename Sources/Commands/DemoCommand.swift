import ArgumentParser
import Companies
import Engine
import Events
import Experience
import Foundation
import Intake
import Maps
import Store
import Stories

/// Makes up a company and measures its journey.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Make up a company and its customers, import them, and measure a journey.",
    usage: "waymark demo [<options>]",
    discussion: """
      Everything lies in one folder afterwards: the experience as text, the customers' events, the \
      store and the map; change the experience and run `waymark map` there. The customers are made \
      up, from a seed: the same seed makes the same ones.

      Examples:
        waymark demo
        waymark demo --company energy --seed 7 --folder try/energy
      """)

  @Option(help: "Which company.") var company = Company.shop
  @Option(help: "What the random numbers begin with.") var seed: UInt64 = 1
  @Option(help: "How many customers (default: the company's).") var customers: Int?
  @Option(help: "The folder to write (default: demo/<company>).", completion: .directory)
  var folder: String?
  @Option(help: "When to use colours.") var color = Terminal.Colors.auto

  func run() async throws {
    let world = try CompanyWorld(company, seed: seed, customers: customers)
    let folder = folder ?? "demo/\(company.rawValue)"
    let experiencePath = "\(folder)/experience.yaml"
    let eventsPath = "\(folder)/events.jsonl"
    if !FileManager.default.fileExists(atPath: experiencePath) {
      try writeText(company.experience, to: experiencePath, over: .nothing)
    }
    Terminal.print("\(company.title): made-up customers, seed \(seed)")
    let truths = try write(world, to: eventsPath)
    Terminal.print(
      "  \(experiencePath)  the experience as text\n"
        + "  \(eventsPath)  \(counted(truths.events, "event"))")
    let store = try Store.open(at: "\(folder)/.waymark", access: .writing)
    let line = ProgressLine("Importing")
    let report = try await Intake(eventsPath, into: store).run { progress in
      line.update(fraction: progress.fraction, events: progress.events)
    }
    line.clear()
    Terminal.print(
      "  \(folder)/.waymark  the store: \(counted(report.result.added, "event")) added, "
        + "\(grouped(report.result.repeated)) known already\n")
    let (experience, _) = try ExperienceLoader.load(path: experiencePath)
    let journey = try MapCommand.find(nil, in: experience)
    let stories = try store.stories()
    let measured = try await stories.answer(
      JourneyFold(JourneyQuestion(journey), of: experience))
    Terminal.print(
      MapText.render(
        measured, of: journey, in: experience, width: Terminal.width,
        color: Terminal.usesColors(color) ? .ansi : .plain))
    for journey in experience.journeys {
      let measured = try await stories.answer(
        JourneyFold(JourneyQuestion(journey), of: experience))
      let path = "\(folder)/.waymark/maps/\(journey.name).html"
      try writeText(
        MapPage.render(measured, of: journey, in: experience), to: path, over: .existing)
      Terminal.print(
        "\(journey.title) as a page: \(URL(filePath: path).standardizedFileURL.path)")
    }
    Terminal.print("\nNext: cd \(folder) && waymark map, or read experience.yaml and change it.")
  }

  private func write(_ world: CompanyWorld, to path: String) throws -> PlantedTruths {
    try writeText("", to: path, over: .existing)
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    do {
      let truths = try world.writeLines { block in try file.write(contentsOf: Data(block)) }
      try file.close()
      return truths
    } catch {
      throw Fault(
        "demo.write", subject: path, problem: "The events cannot be written.",
        remedy: "Make room, or choose another folder with --folder.")
    }
  }
}

extension Company: ExpressibleByArgument {}

import ArgumentParser
import Events
import Experience
import Store

/// Lists and deletes saved sets of customers.
struct SegmentsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "segments",
    abstract: "List the sets of customers that were saved from answers, or delete one.",
    usage: "waymark segments [<options>]",
    discussion: """
      `waymark ask … --customers <row> --save <name>` saves a set; a question's `for` names it. A \
      set holds the customers of that moment, under whatever identities they have later.

      Examples:
        waymark segments
        waymark segments --delete stopped_at_cart
      """)

  @OptionGroup var workspace: WorkspaceOptions
  @Option(help: ArgumentHelp("Delete a set; its customers stay.", valueName: "name"))
  var delete: String?
  @Option(help: "The form of the answer.") var format = PlainFormat.text

  func run() throws {
    if let delete {
      try workspace.store(.writing).deleteSavedSet(delete)
      Terminal.note("Deleted \(delete.printable).")
      return
    }
    let sets = try workspace.store(.reading).savedSets()
    switch format {
    case .json: try writeJSON(sets.map(Row.init))
    case .text:
      guard !sets.isEmpty else {
        Terminal.print("No set is saved yet: `waymark ask … --customers <row> --save <name>`.")
        return
      }
      let zone = try workspace.loadExperienceIfThere()?.timezone ?? "UTC"
      let clock = try LocalCalendar(timezone: zone)
      var table = TextTable([
        ("set", .left), ("customers", .right), ("saved", .left), ("row", .left),
        ("question", .left),
      ])
      for set in sets {
        table.add([
          set.name, grouped(set.members.count), "\(clock.day(set.saved))", set.place, set.question,
        ])
      }
      for line in table.lines() { Terminal.print(line) }
    }
  }

  private struct Row: Encodable {
    var name: String
    var customers: Int
    var saved: Instant
    var row: String
    var question: String

    init(_ set: SavedSet) {
      name = set.name
      customers = set.members.count
      saved = set.saved
      row = set.place
      question = set.question
    }
  }
}

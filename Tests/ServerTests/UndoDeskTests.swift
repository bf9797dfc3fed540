import Accounts
import Store
import Testing

@testable import Server

@Suite struct `What was deleted` {
  private let desk = UndoDesk()
  private let ada = Principal.member(1, name: "Ada", role: .analyst)
  private let bob = Principal.member(2, name: "Bob", role: .admin)
  private let tile = UndoDesk.Deleted.tile(.init(.map(journey: "j")), place: 0, board: 1)

  @Test func `comes back for who deleted it, once`() {
    let number = desk.keep(tile, of: ada)
    #expect(desk.look(number, of: bob) == nil)
    #expect(desk.look(number + 1, of: ada) == nil)
    #expect(desk.look(number, of: ada) == tile)
    desk.drop(number)
    #expect(desk.look(number, of: ada) == nil)
  }

  @Test func `gives way to what was deleted later`() {
    let numbers = (0...UndoDesk.most).map { _ in desk.keep(tile, of: ada) }
    #expect(desk.look(numbers[0], of: ada) == nil)
    #expect(desk.look(numbers[1], of: ada) == tile)
  }
}

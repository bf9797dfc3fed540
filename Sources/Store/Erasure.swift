import Events
import Foundation
import GRDB
import Parts
import Stories

extension Store {
  /// Finishes erasures that were interrupted.
  func completeErasures() throws {}
}

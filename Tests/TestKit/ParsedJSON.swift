internal import Foundation

/// What a JSON text means to Foundation, a reader that is not ours. The order of members does not count.
package struct ParsedJSON: Equatable {
    private let value: NSObject

    package init(_ bytes: [UInt8]) throws {
        let value = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        // In an array, for only containers compare by what is in them.
        self.value = [value] as NSArray
    }

    package init(_ text: String) throws {
        try self.init(Array(text.utf8))
    }
}

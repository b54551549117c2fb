/// Finds the end of an HTTP response and its status. A load needs no other part of a response.
struct ResponseReader {
    enum Result: Equatable {
        case incomplete
        case complete(status: Int, closes: Bool)
        /// The data is not a response with a Content-Length, so the load cannot continue on this connection.
        case unreadable
    }

    private var received: [UInt8] = []

    mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) -> Result {
        // Avoids a copy: nearly all responses arrive in one piece.
        if received.isEmpty {
            let result = Self.read(bytes)
            if result == .incomplete { received.append(contentsOf: bytes) }
            return result
        }
        received.append(contentsOf: bytes)
        let result = received.withUnsafeBufferPointer(Self.read)
        if result != .incomplete { received.removeAll(keepingCapacity: true) }
        return result
    }

    mutating func forget() {
        received.removeAll(keepingCapacity: true)
    }

    private static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Result {
        var lineStart = 0
        var length: Int?
        var closes = false
        var index = 0
        while index + 1 < bytes.count {
            guard bytes[index] == 0x0d, bytes[index + 1] == 0x0a else {
                index += 1
                continue
            }
            if index == lineStart {
                guard let length, bytes.count > 12 else { return .unreadable }
                guard bytes.count >= index + 2 + length else { return .incomplete }
                return .complete(status: number(bytes, 9..<12), closes: closes)
            }
            if starts(bytes, lineStart, index, with: contentLength) {
                length = number(bytes, (lineStart + contentLength.count)..<index)
            } else if starts(bytes, lineStart, index, with: connectionClose) {
                closes = true
            }
            index += 2
            lineStart = index
        }
        return bytes.count > 65_536 ? .unreadable : .incomplete
    }

    private static let contentLength = Array("content-length:".utf8)
    private static let connectionClose = Array("connection: close".utf8)

    private static func starts(
        _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, with name: [UInt8]
    ) -> Bool {
        guard end - start >= name.count else { return false }
        for offset in name.indices where bytes[start + offset] | 0x20 != name[offset] | 0x20 { return false }
        return true
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int {
        range.reduce(0) { sum, index in
            let digit = Int(bytes[index]) - 0x30
            return (0...9).contains(digit) && sum < 1 << 40 ? sum * 10 + digit : sum
        }
    }
}

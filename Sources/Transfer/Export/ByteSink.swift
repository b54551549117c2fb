internal import Foundation
internal import TerminalOutput

/// Buffers bytes for a descriptor, to write them in larger pieces. `flush` writes the remaining bytes.
package final class ByteSink {
    private static let gatheredByteCount = 128 * 1024

    private let descriptor: Int32
    private let isTerminal: Bool
    private var gathered: [UInt8] = []
    /// The number of bytes so far, including buffered bytes.
    package private(set) var byteCount: Int64 = 0

    package init(descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
        gathered.reserveCapacity(Self.gatheredByteCount)
    }

    package func write(_ bytes: [UInt8]) throws {
        byteCount += Int64(bytes.count)
        guard gathered.count + bytes.count > Self.gatheredByteCount else { return gathered.append(contentsOf: bytes) }
        try flush()
        if bytes.count >= Self.gatheredByteCount {
            try StandardStream.write(bytes, to: descriptor)
        } else {
            gathered.append(contentsOf: bytes)
        }
    }

    /// Writes text. Escapes characters that a terminal would interpret.
    package func write(_ text: String) throws {
        try write(Array((isTerminal ? TerminalText.escapeLines(text) : text).utf8))
    }

    package func flush() throws {
        guard !gathered.isEmpty else { return }
        try StandardStream.write(gathered, to: descriptor)
        gathered.removeAll(keepingCapacity: true)
    }
}

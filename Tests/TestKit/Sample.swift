package import Deliveries
package import Foundation
package import StrictJSON

/// A case in the folder samples: a request as it arrives, and its expected results.
package struct Sample: Sendable, CustomStringConvertible {
    /// The name, such as `klavi/link-created-event`.
    package let name: String
    /// The request, with the arrival time of the case.
    package let request: InboundRequest
    /// The contents of expected.json.
    package let expected: JSONDocument

    /// True if the request is archived. Handshakes are not archived.
    package var isArchived: Bool {
        var elements = expected.root["reports"]?.elements
        return elements?.next() != nil
    }

    /// The body of the request, for tests of modules that do not depend on requests.
    package var body: [UInt8] { request.body }

    /// The name. Swift Testing would otherwise print every byte of the body.
    package var description: String { name }

    /// The cases that have a body. Such a body is always JSON.
    package static let withBody = all.filter { !$0.body.isEmpty }

    /// All cases, sorted by name.
    package static let all = cases(in: ProjectFolder.samples)

    /// The cases in a folder that has one folder per provider, sorted by name.
    package static func cases(in folder: URL) -> [Sample] {
        func names(_ folder: URL) -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []).sorted()
        }
        return names(folder).flatMap { provider in
            names(folder.appending(path: provider)).compactMap { Sample(name: "\(provider)/\($0)", in: folder) }
        }
    }

    /// The case with this name. If the case is missing, the checkout is incomplete and the process ends.
    package static func named(_ name: String) -> Sample {
        guard let sample = all.first(where: { $0.name == name }) else { fatalError("there is no sample \(name)") }
        return sample
    }

    private init?(name: String, in folder: URL) {
        let place = folder.appending(path: name)
        guard let text = try? Data(contentsOf: place.appending(path: "request.http")),
            let json = try? Data(contentsOf: place.appending(path: "expected.json")),
            let expected = try? JSONDocument(parsing: Array(json)),
            let receivedAt = expected.root["receivedAt"]?.string.flatMap({ Timestamp(rfc3339: $0.utf8) }),
            let request = RequestText.parse(Array(text), receivedAt: receivedAt)
        else { return nil }
        self.name = name
        self.request = request
        self.expected = expected
    }
}

/// Parses a request in the format of request.http.
package enum RequestText {
    package static func parse(_ bytes: [UInt8], receivedAt: Timestamp) -> InboundRequest? {
        var lines: [String] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0a) {
            var line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.last == 0x0d { line.removeLast() }
            if line.isEmpty { break }
            lines.append(String(decoding: line, as: UTF8.self))
        }
        guard let start = lines.first?.split(separator: " "), start.count == 3 else { return nil }
        let headers = lines.dropFirst().compactMap { line -> HeaderField? in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            return HeaderField(String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
        }
        return InboundRequest(
            method: String(start[0]), target: RequestTarget(String(start[1])), headers: HeaderFields(headers),
            body: Array(rest), peer: "192.0.2.1", receivedAt: receivedAt)
    }
}

/// Paths in the checkout that contains the tests.
package enum ProjectFolder {
    /// The folder that contains Package.swift.
    package static let root: URL = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    package static let samples = root.appending(path: "samples")
}

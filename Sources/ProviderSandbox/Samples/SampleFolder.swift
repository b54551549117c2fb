internal import Deliveries
internal import Foundation
internal import StrictJSON

/// A folder `<provider>/<case>` of the samples: a provider's request and the required response.
struct SampleRequest: Sendable, Equatable {
    let name: String
    let method: String
    let target: String
    var headers: [HeaderField]
    let body: [UInt8]
    /// The status of the response to the correctly signed request.
    let expectedStatus: Int

    /// The path without the query, which may contain a credential.
    var path: Substring { target.prefix { $0 != "?" } }
}

/// The folder with the cases, as samples/README.md describes it.
struct SampleFolder: Sendable {
    let path: String

    /// The cases with these names, in the same order. Without names, all cases sorted by name.
    func cases(named names: [String]) throws -> [SampleRequest] {
        let known = try caseNames()
        return try (names.isEmpty ? known : names).map { name in
            // Opens only listed folders, because a name such as `..` would be outside of the folder.
            guard known.contains(name) else {
                throw SandboxFailure(
                    "there is no case '\(name)' in \(path); use a name such as klavi/link-created-event",
                    .missingInput)
            }
            return try sample(name)
        }
    }

    func caseNames() throws -> [String] {
        func folders(_ path: String) -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") }
        }
        let names = folders(path).flatMap { provider in folders("\(path)/\(provider)").map { "\(provider)/\($0)" } }
            .filter { FileManager.default.fileExists(atPath: "\(path)/\($0)/request.http") }
        guard !names.isEmpty else {
            throw SandboxFailure(
                "\(path) has no <provider>/<case>/request.http; run the command in the folder that contains samples/, "
                    + "or use --samples",
                .missingInput)
        }
        return names.sorted()
    }

    private func sample(_ name: String) throws -> SampleRequest {
        let requestPath = "\(path)/\(name)/request.http"
        let request = try Self.read(requestPath, byteCountLimit: 64 * 1024 * 1024)
        let expectedPath = "\(path)/\(name)/expected.json"
        let expected = try Self.read(expectedPath, byteCountLimit: 16 * 1024 * 1024)
        guard let status = JSON(parsing: expected)?["response"]?["status"]?.integer, (100...599).contains(status) else {
            throw SandboxFailure("\(expectedPath) has no response.status", .missingInput)
        }
        guard let sample = SampleRequest(name: name, request: request, expectedStatus: status) else {
            throw SandboxFailure(
                "\(requestPath) is not a request; it must have the line '<method> /<target> HTTP/1.1', header lines "
                    + "and an empty line, each ended by LF",
                .missingInput)
        }
        return sample
    }

    static func read(_ path: String, byteCountLimit: Int) throws -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path),
            let data = try? file.read(upToCount: byteCountLimit + 1) ?? Data()
        else { throw SandboxFailure("cannot read \(path)", .missingInput) }
        guard data.count <= byteCountLimit else {
            throw SandboxFailure("\(path) is larger than \(byteCountLimit) bytes", .missingInput)
        }
        return Array(data)
    }
}

extension SampleRequest {
    /// Parses request.http: the request line, header lines and an empty line, each ended by a single LF, then the body.
    init?(name: String, request: [UInt8], expectedStatus: Int) {
        guard let end = request.firstRange(of: Array("\n\n".utf8)),
            let head = String(validating: request[..<end.lowerBound], as: UTF8.self), !head.contains("\r")
        else { return nil }
        let lines = head.split(separator: "\n")
        let words = (lines.first ?? "").split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let headers = lines.dropFirst().compactMap { line -> HeaderField? in
            guard let match = line.wholeMatch(of: /([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*(.*?)[ \t]*/) else { return nil }
            return HeaderField(String(match.1), String(match.2))
        }
        guard words.count == 3, !words[0].isEmpty, words[1].hasPrefix("/"), words[2] == "HTTP/1.1",
            headers.count == lines.count - 1
        else { return nil }
        self.init(
            name: name, method: words[0], target: words[1], headers: headers, body: Array(request[end.upperBound...]),
            expectedStatus: expectedStatus)
    }

    /// The header lines for another receiver, with the host of that receiver. The HTTP client sets the length of the
    /// body.
    func headers(for base: String) -> [HeaderField] {
        let url = URLComponents(string: base)
        var headers = headers.filter { field in
            !["Content-Length", "Transfer-Encoding"].contains { $0.matchesIgnoringASCIICase(field.name) }
        }
        headers.replaceValue(of: "Host", with: (url?.host ?? "") + (url?.port.map { ":\($0)" } ?? ""))
        return headers
    }
}

import Foundation
import TestKit
import Testing

/// Tests of citations: code cites wire facts by page and heading, as in `klavi-reference: Signature`
/// (docs/providers/README.md, Citations).
@Suite("Citations of wire facts")
struct CitationTests {
    /// The path and text of a file of the project.
    private struct File {
        let path: String
        let text: String

        /// The capture groups of every match. A group that did not match is empty.
        func matches(_ pattern: String) throws -> [[String]] {
            let expression = try NSRegularExpression(pattern: pattern, options: .anchorsMatchLines)
            return expression.matches(in: text, range: NSRange(text.startIndex..., in: text)).map { match in
                (0..<match.numberOfRanges).map { Range(match.range(at: $0), in: text).map { String(text[$0]) } ?? "" }
            }
        }
    }

    private static func files(below folders: [String], suffix: String) throws -> [File] {
        try folders.flatMap { folder in
            let url = ProjectFolder.root.appending(path: folder)
            let paths = try FileManager.default.subpathsOfDirectory(atPath: url.path())
            return try paths.filter { $0.hasSuffix(suffix) && !$0.contains(".build/") }.map {
                File(path: "\(folder)/\($0)", text: try String(contentsOf: url.appending(path: $0), encoding: .utf8))
            }
        }
    }

    private static func code() throws -> [File] {
        try files(below: ["Sources", "Tests", "Benchmarks"], suffix: ".swift")
    }

    /// The headings of every reference page, by the name of the page.
    private static func headings() throws -> [String: Set<String>] {
        let pages = try files(below: ["docs/providers"], suffix: "-reference.md")
        return try Dictionary(
            uniqueKeysWithValues: pages.map { page in
                let name = page.path.dropFirst("docs/providers/".count).dropLast(".md".count)
                return (String(name), Set(try page.matches("^##+ (.+)$").map { $0[1] }))
            })
    }

    @Test("every page and heading that is cited exists")
    func citationsExist() throws {
        let headings = try Self.headings()
        #expect(headings.count == 4)
        var citationCount = 0
        for file in try Self.code() {
            // A heading ends at the first punctuation mark.
            for match in try file.matches("\\b([a-z]+-reference): ([A-Z][A-Za-z ]*[a-zA-Z])") {
                #expect(headings[match[1]]?.contains(match[2]) == true, "\(file.path) cites \(match[0])")
                citationCount += 1
            }
            for match in try file.matches("\\bdocs/[a-z0-9/-]+\\.md\\b") {
                let path = ProjectFolder.root.appending(path: match[0]).path()
                #expect(FileManager.default.fileExists(atPath: path), "\(file.path) cites \(match[0])")
            }
        }
        #expect(citationCount > 30)
    }

    @Test("no page or comment cites a numbered section without naming its page")
    func noNumberedSections() throws {
        let numbered = "PROVIDERS\\.md|//.*\\((?:default \\d+|[1-6][AB]?(?:\\.[1-7]){1,2})[),]"
        for file in try Self.code() + Self.files(below: ["docs", "samples", "scenarios"], suffix: ".md") {
            #expect(try file.matches(numbered).isEmpty, "\(file.path)")
        }
    }
}

import Deliveries
import Journal
import ReportIndex
import Testing

@Suite struct PagingTests {
    @Test("pages have no gap and no repetition, with and without a filter", arguments: [1, 2, 4, 6, 7])
    func pages(size: Int) async throws {
        for (types, expected) in [([], "fedcba"), (["link_created", "redirect"], "fea")] {
            try await QueryArchive.withReader { reader in
                var filter = ReportFilter()
                filter.types = types
                filter.limit = size
                var keys = ""
                while keys.count <= expected.count {
                    let page = try reader.reports(matching: filter)
                    #expect(page.count <= size)
                    guard let last = page.last else { break }
                    keys += page.compactMap(\.problem).joined()
                    filter.before = last.reportID
                }
                #expect(keys == expected)
            }
        }
    }

    @Test("a page starts where the previous page ended, although more reports have arrived")
    func stablePages() async throws {
        try await QueryArchive.withReader { reader in
            var filter = ReportFilter()
            filter.limit = 2
            let first = try reader.reports(matching: filter)
            filter.before = first.last?.reportID
            #expect(try reader.reports(matching: filter).compactMap(\.problem) == ["d", "c"])
        }
    }

    @Test("reports are passed to the caller one by one, and an error from the caller ends the query")
    func stopping() async throws {
        struct Enough: Error {}
        try await QueryArchive.withReader { reader in
            var keys = ""
            #expect(throws: Enough.self) {
                try reader.forEachReport(matching: ReportFilter()) { report in
                    keys += report.problem ?? ""
                    if keys.count == 2 { throw Enough() }
                }
            }
            #expect(keys == "fe")
        }
    }
}

import Testing

@testable import ProviderSandbox

@Suite struct RecentRecordsTests {
    @Test("the oldest entries go, the newest stay in their order")
    func forgets() {
        var records = RecentRecords<Int, String>(limit: 3)
        for number in 1...50 {
            records[number] = "\(number)"
            #expect(records.keys.count == min(number, 3))
        }
        #expect(Array(records.keys) == [48, 49, 50])
        #expect(records[47] == nil)
        #expect(records[48] == "48")
    }

    @Test("a replaced entry keeps its age")
    func replaces() {
        var records = RecentRecords<String, Int>(limit: 2)
        records["a"] = 1
        records["b"] = 2
        records["a"] = 3
        #expect(records["a"] == 3)
        records["c"] = 4
        #expect(records["a"] == nil)
        #expect(Array(records.keys) == ["b", "c"])
    }

    @Test("what is taken out makes room, and comes back as the newest")
    func removes() {
        var records = RecentRecords<Int, Int>(limit: 3)
        for number in 1...5 { records[number] = number }
        records[4] = nil
        records[9] = nil
        #expect(records.count == 2 && records.values == [3, 5])
        records[4] = 40
        #expect(records.values == [3, 5, 40])
        records[6] = 6
        #expect(records.values == [5, 40, 6])
        #expect(records[3] == nil && records.count == 3)
    }
}

import Deliveries
import StrictJSON
import TestKit
import Testing
import TextForms

@testable import Journal
@testable import ReportIndex

@Suite("Report plans")
struct ReportPlanTests {
    private static func plan(_ adjust: (inout ReportFilter) throws -> Void) async throws -> ReportPlan {
        var filter = ReportFilter()
        try adjust(&filter)
        let wanted = filter
        var plan: ReportPlan?
        try await QueryArchive.withReader { plan = try $0.plan(of: wanted) }
        return try #require(plan)
    }

    @Test("the index with the fewest candidates is used")
    func leads() async throws {
        let isThere = try #require(ValueTest(.present, ""))
        let isAbsent = try #require(ValueTest(.absent, ""))
        var plan = try await Self.plan { _ in }
        #expect(plan.lead == .everything && plan.candidateCount == 6 && !plan.looksAtRows && !plan.opensBodies)
        plan = try await Self.plan { $0.types = ["link_created"] }
        #expect(plan.lead == .categories(2) && plan.candidateCount == 2 && !plan.looksAtRows)
        plan = try await Self.plan { filter in
            filter.fields = [ReportField("linkId", "2")]
            filter.types = ["link_created"]
        }
        #expect(plan.lead == .field("linkId") && plan.candidateCount == 2 && plan.looksAtRows)
        plan = try await Self.plan { $0.fieldTests = [FieldTest("cpf", isThere)] }
        #expect(plan.lead == .fieldTest("cpf") && plan.candidateCount == 2)
        plan = try await Self.plan { $0.fieldTests = [FieldTest("cpf", isAbsent)] }
        #expect(plan.lead == .everything && plan.candidateCount == 4)
        plan = try await Self.plan { $0.verifications = [.verified] }
        #expect(plan.lead == .verification && plan.candidateCount == 6)
        plan = try await Self.plan { $0.texts = ["x"] }
        #expect(plan.lead == .everything && plan.opensBodies)
    }

    @Test("a plan has no candidates if the archive does not contain a name, verification or time of the filter")
    func nothing() async throws {
        for plan in [
            try await Self.plan { $0.types = ["nobody"] }, try await Self.plan { $0.verifications = [.expired] },
            try await Self.plan { $0.fields = [ReportField("nobody", "1")] },
            try await Self.plan { $0.until = QueryArchive.time(-1_000_000) },
        ] {
            #expect(plan.lead == .nothing && plan.deliveries == nil && plan.candidateCount == 0)
        }
    }
}

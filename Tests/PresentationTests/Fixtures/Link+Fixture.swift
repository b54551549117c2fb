import Deliveries
import Journal
import ServerTestKit
import TestKit

@testable import ReportIndex

extension Link {
    /// A link with defaults for all properties, so tests pass only relevant arguments.
    static func fixture(
        id: Int64 = 7, createdAt: Timestamp = .fixture, state: LinkState = .created, provider: String = "klavi",
        api: String = "https://api.example.com/v1", keys: [ReportField] = [ReportField("linkId", "L-1")],
        expectations: [LinkExpectation] = [], externalInfo: String? = nil, expiresAt: Timestamp? = nil,
        note: String? = nil
    ) -> Link {
        Link(
            id: LinkID(rawValue: id), createdAt: createdAt, state: state,
            order: LinkOrder(
                provider: provider, api: api, keys: keys, expectations: expectations, externalInfo: externalInfo,
                expiresAt: expiresAt),
            note: note)
    }
}

extension LinkProgress {
    /// The arrived and the missing reports of a link.
    static func fixture(_ link: Link, arrivals: [LinkArrival] = [], missing: [LinkExpectation] = []) -> LinkProgress {
        LinkProgress(link: link, arrivals: arrivals, missing: missing)
    }

    /// Three links: one with all properties, one with only an ID, and one that failed.
    static let samples: [LinkProgress] = [
        .fixture(
            .fixture(
                id: 12, provider: "certificall",
                keys: [
                    ReportField("externalInfo.source", "=1+1"), ReportField("magicLinkToken", "opens-everything"),
                    ReportField("reportId", "case-001"),
                ], expectations: [LinkExpectation("certificate")], externalInfo: #"{"source":"=1+1"}"#,
                expiresAt: .fixture),
            arrivals: [LinkArrival(type: "certificate", deliveryID: DeliveryID(rawValue: 42), receivedAt: .fixture)]),
        .fixture(
            .fixture(
                id: 11, state: .requested, keys: [ReportField("externalInfo.traceId", "t-1")],
                expectations: [LinkExpectation("pf_checking_account"), LinkExpectation("pf_credit_card")],
                externalInfo: #"{"traceId":"t-1"}"#),
            missing: [LinkExpectation("pf_checking_account"), LinkExpectation("pf_credit_card")]),
        .fixture(
            .fixture(
                id: 3, state: .failed, provider: "ezid", keys: [],
                note: "@the provider rejected the request (400): \"no\", it said"
            )
        ),
    ]
}

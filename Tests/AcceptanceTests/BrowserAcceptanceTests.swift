import Foundation
import StrictJSON
import TestKit
import Testing

@Suite(
    "Users in a browser", .programs,
    .enabled(if: HeadlessBrowser.isInstalled, "no Chromium is installed (Debian: apt-get install chromium)"))
struct BrowserAcceptanceTests {
    /// Expects that no link is pending. Uses the same query as monitoring.
    private func expectNothingAwaited(_ fakes: FakeBench) throws {
        let awaiting = try fakes.callbox("links", "list", "--pending", "--format", "json")
        #expect(awaiting.status == 0, "\(awaiting.text)")
        #expect(awaiting.error.contains("no link is pending"))
    }

    @Test("Klavi: a person who authorises is redirected with the link's ID, and the reports follow")
    func klavi() throws {
        let fakes = try FakeBench()
        let server = try fakes.serve()
        let link = try fakes.create(
            "klavi", "--base-url", server.url, "--external", "traceId=t-1", "--redirect-url", "\(server.url)/klavi")
        let linkID = try #require(link["keys"]?["linkId"]?.string)
        let browser = try HeadlessBrowser()
        try browser.open(try #require(link["linkURL"]?.string))
        #expect(try browser.text().contains("Permissions"))
        try browser.click("button[value=authorise]")
        let address = try browser.address()
        #expect(address.hasPrefix("\(server.url)/klavi?"), "\(address)")
        #expect(address.contains("link_id=\(linkID)"), "\(address)")
        #expect(try browser.text().contains("Thank you"))

        try fakes.idle()
        #expect(try fakes.reports("--field", "linkId=\(linkID)", "--type", "redirect").count == 1)
        #expect(try fakes.reports("--external", "traceId=t-1", "--type", "pf_checking_account").count == 1)
        try expectNothingAwaited(fakes)
    }

    @Test("Klavi: a person who declines is redirected, and the link stays pending")
    func klaviRejected() throws {
        let fakes = try FakeBench()
        let server = try fakes.serve()
        let link = try fakes.create(
            "klavi", "--base-url", server.url, "--redirect-url", "\(server.url)/klavi", "--expect",
            "pf_checking_account")
        let browser = try HeadlessBrowser()
        try browser.open(try #require(link["linkURL"]?.string))
        try browser.click("button[value=reject]")
        #expect(try browser.address().contains("error=access_denied"))
        try fakes.idle()
        #expect(try fakes.reports("--type", "pf_checking_account").isEmpty)
        let awaiting = try fakes.callbox("links", "list", "--pending", "--format", "json")
        #expect(awaiting.status == 1)
        #expect(awaiting.text.contains("pf_checking_account"))
    }

    @Test("EZiD: the link in the mailbox leads to Callbox's page")
    func ezid() throws {
        let fakes = try FakeBench()
        let server = try fakes.serve()
        _ = try fakes.create("ezid", "--email", "ana@example.com", "--base-url", server.url)
        let browser = try HeadlessBrowser()
        try browser.open("\(fakes.sandbox.url)/mailbox?email=ana@example.com")
        try browser.click("li a")
        #expect(try browser.text().contains("ana@example.com"))
        try browser.click("#magic-link")
        let address = try browser.address()
        #expect(address.hasPrefix("\(server.url)/ezid/"), "\(address)")
        #expect(address.contains("code="))
        #expect(try browser.text().contains("Thank you"))
        #expect(try fakes.reports("--provider", "ezid", "--type", "redirect").count == 1)
        try expectNothingAwaited(fakes)
    }

    @Test("Certn Centric: an invited person submits the form, and a webhook reports the case")
    func centric() throws {
        let fakes = try FakeBench()
        let server = try fakes.serve()
        try fakes.register(["certn-centric"], with: server)
        let link = try fakes.create(
            "certn-centric", "--email", "ana@example.com", "--check", "IDENTITY_VERIFICATION_1",
            "--return-invite-link")
        let caseID = try #require(link["keys"]?["object_id"]?.string)
        let browser = try HeadlessBrowser()
        try browser.open(try #require(link["inviteLink"]?.string))
        try browser.fill("given_name", with: "Ana")
        try browser.fill("family_name", with: "Souza")
        try browser.fill("date_of_birth", with: "1990-02-28")
        try browser.click("button")
        #expect(try browser.text().contains("Everything was sent"))
        try succeed(fakes.sandbox("advance", "10s"))
        try fakes.idle()
        let told = try fakes.reports("--field", "object_id=\(caseID)", "--type", "CASE_STATUS_CHANGED")
        // The events are: invited, opened, submitted, in progress, complete.
        #expect(told.count == 5)
        #expect(told.allSatisfy { $0["verification"]?.string == "verified" })
        try expectNothingAwaited(fakes)
    }

    @Test("Certn legacy: an invited applicant submits the form, and the finished report arrives")
    func certnLegacy() throws {
        let fakes = try FakeBench()
        let server = try fakes.serve()
        try fakes.register(["certn-legacy"], with: server)
        let link = try fakes.create(
            "certn", "--invite", "--email", "ana@example.com", "--check", "softcheck", "--tag", "t-1")
        let applicant = try #require(link["keys"]?["id"]?.string)
        let browser = try HeadlessBrowser()
        // Certn sends this URL by e-mail.
        try browser.open("\(fakes.sandbox.url)/certn/onboarding?applicant=\(applicant)")
        try browser.fill("first_name", with: "Ana")
        try browser.fill("last_name", with: "Souza")
        try browser.click("button")
        #expect(try browser.text().contains("nothing left to do"))
        try succeed(fakes.sandbox("advance", "1m"))
        try fakes.idle()
        let complete = try fakes.reports("--field", "id=\(applicant)", "--field", "report_status=COMPLETE")
        #expect(complete.count == 1)
        try expectNothingAwaited(fakes)
    }

    @Test("Certificall: a user who submits the form gets a certificate, and Callbox receives it")
    func certificall() throws {
        let fakes = try FakeBench()
        let server = try fakes.serve()
        try fakes.register(["certificall"], with: server)
        let link = try fakes.create(
            "certilink", "--frame", "1", "--report-token", "case-001", "--instructions", "Ring twice")
        let browser = try HeadlessBrowser()
        try browser.open(try #require(link["url"]?.string))
        #expect(try browser.text().contains("Ring twice"))
        try browser.click("button")
        let reference = try browser.evaluate("document.querySelector('#cfRef').innerText")
        #expect(reference.hasPrefix("CAS-"))
        try fakes.idle()
        let certificates = try fakes.reports("--field", "cfRef=\(reference)")
        #expect(certificates.count == 1)
        #expect(certificates.first?["verification"]?.string == "verified")
        try expectNothingAwaited(fakes)
    }
}

import com.google.common.collect.ImmutableMap;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.SettableFuture;
import com.google.firebase.rules.lang.CompileResult;
import com.google.firebase.rules.lang.FirebaseRulesProtoCompiler;
import com.google.firebase.rules.lang.common.FirebaseRulesLangOptions;
import com.google.firebase.rules.runtime.common.AsyncRuntimeFunction;
import com.google.firebase.rules.runtime.common.EvaluationResult;
import com.google.firebase.rules.runtime.common.Evaluator;
import com.google.firebase.rules.runtime.impl.DefaultEvaluator;
import com.google.firebase.rules.runtime.v1.*;
import com.google.firebase.rules.v1.File;
import com.google.firebase.rules.v1.Issue;
import com.google.firebase.rules.v1.Source;
import com.google.gson.*;
import com.google.protobuf.NullValue;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The storage emulator's rules runtime, spoken over stdin and stdout in JSON lines. firebase-tools downloads one; this
 * one uses the rules engine inside the Firestore emulator's jar, so that the stack starts without a network.
 * For firestore.get() and firestore.exists() it asks back: the emulator fetches the document and sends it under the
 * number that the question bore, and the verdict goes out under that number too.
 */
public class StorageRulesRuntime {
  /** The emulator takes what it reads at once for one message, so two must not run together. */
  static final long GAP_MILLIS = 5;
  /** Far above the numbers that the emulator counts its own requests with. */
  static long nextQuestion = 1L << 40;

  /** What production understands; without it `firestore.get` is no function but an unknown variable. */
  static final FirebaseRulesLangOptions LANGUAGE =
      FirebaseRulesLangOptions.builder().allowCrossServiceRules(true).allowTernaryOperator(true).build();

  static final Map<String, RulesetAst> rulesets = new HashMap<>();
  static final Map<Long, Question> questions = new HashMap<>();
  static final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
  static long lastSentNanos = System.nanoTime();

  public static void main(String[] args) throws Exception {
    System.setOut(System.err);
    send(message(new JsonPrimitive(-1)));
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      if (!line.isBlank()) take(JsonParser.parseString(line).getAsJsonObject());
    }
  }

  static void take(JsonObject request) throws Exception {
    if (!request.has("action")) {
      Question question = questions.remove(request.get("id").getAsLong());
      if (question != null) question.answer(request);
      return;
    }
    JsonObject response = message(request.get("id"));
    try {
      JsonObject context = request.getAsJsonObject("context");
      if (request.get("action").getAsString().equals("verify")) {
        new Verification(request.get("id"), context).start();
        return;
      }
      response.add("result", load(context, response.getAsJsonArray("errors"), response.getAsJsonArray("warnings")));
    } catch (Exception fault) {
      response.getAsJsonArray("errors").add(String.valueOf(fault));
    }
    send(response);
  }

  static JsonObject message(JsonElement id) {
    JsonObject message = new JsonObject();
    message.add("id", id);
    message.addProperty("status", "ok");
    message.add("errors", new JsonArray());
    message.add("warnings", new JsonArray());
    return message;
  }

  static void send(JsonObject message) {
    long waitedMillis = (System.nanoTime() - lastSentNanos) / 1_000_000;
    try {
      if (waitedMillis < GAP_MILLIS) Thread.sleep(GAP_MILLIS - waitedMillis);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    out.println(message);
    lastSentNanos = System.nanoTime();
  }

  static JsonObject load(JsonObject context, JsonArray errors, JsonArray warnings) throws Exception {
    Source.Builder source = Source.newBuilder();
    for (JsonElement element : context.getAsJsonObject("source").getAsJsonArray("files")) {
      JsonObject file = element.getAsJsonObject();
      source.addFiles(File.newBuilder().setName(file.get("name").getAsString()).setContent(file.get("content").getAsString()));
    }
    CompileResult compiled = FirebaseRulesProtoCompiler.createStandalone(LANGUAGE).compile(source.build());
    for (Issue issue : compiled.getIssues()) {
      String text = issue.getSourcePosition().getLine() + ":" + issue.getSourcePosition().getColumn() + " " + issue.getDescription();
      (issue.getSeverity() == Issue.Severity.ERROR ? errors : warnings).add(text);
    }
    if (errors.size() == 0) rulesets.put(context.get("rulesetName").getAsString(), compiled.getRulesetAst());
    JsonObject result = new JsonObject();
    result.addProperty("rulesVersion", 2);
    return result;
  }

  /** One request for a verdict, with the documents it needs; each of them is fetched once, one after the other. */
  static class Verification implements Evaluator.Context {
    final JsonObject context;
    final ExpressionPathValue path;
    final ImmutableMap<String, Supplier<ListenableFuture<ExpressionValue>>> variables;
    final Map<String, SettableFuture<Optional<JsonObject>>> documents = new HashMap<>();
    final Deque<String> wanted = new ArrayDeque<>();
    boolean asking = false;
    JsonElement replyTo;

    Verification(JsonElement id, JsonObject context) throws Exception {
      this.replyTo = id;
      this.context = context;
      ExpressionPathValue.Builder segments = ExpressionPathValue.newBuilder();
      for (String segment : context.get("path").getAsString().split("/"))
        if (!segment.isEmpty()) segments.addSegments(ExpressionPathSegmentValue.newBuilder().setSimple(segment));
      this.path = segments.build();
      ImmutableMap.Builder<String, Supplier<ListenableFuture<ExpressionValue>>> values = ImmutableMap.builder();
      for (Map.Entry<String, JsonElement> entry : context.getAsJsonObject("variables").entrySet()) {
        ExpressionValue.Builder builder = ExpressionValue.newBuilder();
        JsonFormat.parser().ignoringUnknownFields().merge(entry.getValue().toString(), builder);
        ExpressionValue value = builder.build();
        values.put(entry.getKey(), () -> Futures.immediateFuture(value));
      }
      this.variables = values.build();
    }

    void start() {
      RulesetAst ruleset = rulesets.get(context.get("rulesetName").getAsString());
      Futures.addCallback(new DefaultEvaluator(ruleset).evaluate(this), new FutureCallback<EvaluationResult>() {
        public void onSuccess(EvaluationResult result) { finish(result.permit(), null); }
        public void onFailure(Throwable fault) { finish(false, fault); }
      }, MoreExecutors.directExecutor());
    }

    void finish(boolean permit, Throwable fault) {
      JsonObject response = message(replyTo);
      JsonObject result = new JsonObject();
      result.addProperty("permit", permit);
      response.add("result", result);
      if (fault != null) response.getAsJsonArray("errors").add(String.valueOf(fault));
      send(response);
    }

    ListenableFuture<Optional<JsonObject>> document(String path) {
      SettableFuture<Optional<JsonObject>> known = documents.get(path);
      if (known != null) return known;
      SettableFuture<Optional<JsonObject>> asked = SettableFuture.create();
      documents.put(path, asked);
      wanted.add(path);
      askNext();
      return asked;
    }

    void askNext() {
      if (asking || wanted.isEmpty()) return;
      asking = true;
      long number = nextQuestion++;
      String path = wanted.remove();
      questions.put(number, new Question(this, path));
      JsonObject question = message(replyTo);
      question.addProperty("action", "fetch_firestore_document");
      question.addProperty("server_request_id", number);
      JsonObject where = new JsonObject();
      where.addProperty("path", path);
      question.add("context", where);
      replyTo = new JsonPrimitive(number);
      send(question);
    }

    public String service() { return context.get("service").getAsString(); }
    public String method() { return context.get("method").getAsString(); }
    public ExpressionPathValue path() { return path; }
    public ImmutableMap<String, Supplier<ListenableFuture<ExpressionValue>>> variables() { return variables; }
    public ImmutableMap<String, AsyncRuntimeFunction> functions() {
      return ImmutableMap.of(
          "firestore.get", lookup("firestore.get", found -> found.map(StorageRulesRuntime::resource).orElse(nothing())),
          "firestore.exists", lookup("firestore.exists", found -> ExpressionValue.newBuilder().setBoolValue(found.isPresent()).build()));
    }

    AsyncRuntimeFunction lookup(String name, Function<Optional<JsonObject>, ExpressionValue> view) {
      return new AsyncRuntimeFunction() {
        public String name() { return name; }
        public ListenableFuture<ExecutionResponse> execute(ExecutionRequest request) {
          return Futures.transform(
              document(textOf(request.getArguments(0).getPathValue())),
              found -> ExecutionResponse.newBuilder().setValue(view.apply(found)).build(),
              MoreExecutors.directExecutor());
        }
      };
    }
  }

  /** A document that the emulator was asked for. */
  static class Question {
    final Verification verification;
    final String path;
    Question(Verification verification, String path) { this.verification = verification; this.path = path; }
    void answer(JsonObject response) {
      verification.asking = false;
      boolean found = response.has("result") && response.get("result").isJsonObject();
      verification.documents.get(path).set(found ? Optional.of(response.getAsJsonObject("result")) : Optional.empty());
      verification.askNext();
    }
  }

  static String textOf(ExpressionPathValue path) {
    StringBuilder text = new StringBuilder();
    for (ExpressionPathSegmentValue segment : path.getSegmentsList()) text.append('/').append(segment.getSimple());
    return text.toString();
  }

  static ExpressionValue nothing() { return ExpressionValue.newBuilder().setNullValue(NullValue.NULL_VALUE).build(); }

  /** What rules see of a document: its fields under `data`, its id and its path. */
  static ExpressionValue resource(JsonObject document) {
    JsonObject fields = document.has("fields") && document.get("fields").isJsonObject() ? document.getAsJsonObject("fields") : new JsonObject();
    String name = document.get("name").getAsString();
    String id = name.substring(name.lastIndexOf('/') + 1);
    return ExpressionValue.newBuilder().setMapValue(ExpressionMapValue.newBuilder()
        .putFields("data", map(fields))
        .putFields("id", ExpressionValue.newBuilder().setStringValue(id).build())
        .putFields("__name__", pathOf(name))).build();
  }

  static ExpressionValue map(JsonObject fields) {
    ExpressionMapValue.Builder map = ExpressionMapValue.newBuilder();
    for (Map.Entry<String, JsonElement> field : fields.entrySet()) map.putFields(field.getKey(), value(field.getValue().getAsJsonObject()));
    return ExpressionValue.newBuilder().setMapValue(map).build();
  }

  static ExpressionValue pathOf(String name) {
    ExpressionPathValue.Builder path = ExpressionPathValue.newBuilder();
    for (String segment : name.split("/")) if (!segment.isEmpty()) path.addSegments(ExpressionPathSegmentValue.newBuilder().setSimple(segment));
    return ExpressionValue.newBuilder().setPathValue(path).build();
  }

  /** A value as Firestore's REST interface writes it. */
  static ExpressionValue value(JsonObject typed) {
    Map.Entry<String, JsonElement> entry = typed.entrySet().iterator().next();
    JsonElement given = entry.getValue();
    ExpressionValue.Builder value = ExpressionValue.newBuilder();
    switch (entry.getKey()) {
      case "booleanValue": return value.setBoolValue(given.getAsBoolean()).build();
      case "integerValue": return value.setIntValue(given.getAsLong()).build();
      case "doubleValue": return value.setFloatValue(given.getAsDouble()).build();
      case "stringValue": return value.setStringValue(given.getAsString()).build();
      case "timestampValue":
        try {
          return value.setTimestampValue(Timestamps.parse(given.getAsString())).build();
        } catch (java.text.ParseException fault) {
          throw new IllegalArgumentException(fault);
        }
      case "mapValue": {
        JsonObject inner = given.getAsJsonObject();
        return map(inner.has("fields") ? inner.getAsJsonObject("fields") : new JsonObject());
      }
      case "arrayValue": {
        JsonObject inner = given.getAsJsonObject();
        ExpressionListValue.Builder list = ExpressionListValue.newBuilder();
        if (inner.has("values")) for (JsonElement element : inner.getAsJsonArray("values")) list.addValues(value(element.getAsJsonObject()));
        return value.setListValue(list).build();
      }
      case "referenceValue": return pathOf(given.getAsString());
      case "nullValue": return nothing();
      default: throw new IllegalArgumentException("storage rules cannot read a " + entry.getKey());
    }
  }
}

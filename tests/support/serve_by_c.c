/* Runs serve_lengths of a SavedModel through TensorFlow's C API, no Python.

   Usage: serve_by_c MODEL WAVEFORM.f32 BATCH LENGTH...  prints one row a line.
   WAVEFORM holds float32 (batch, samples), as raw bytes. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tensorflow/c/c_api.h"

static void check(TF_Status *status, const char *what) {
  if (TF_GetCode(status) == TF_OK) return;
  fprintf(stderr, "%s: %s\n", what, TF_Message(status));
  exit(1);
}

/* One input or output of a signature; their names are those of the SavedModel. */
static TF_Output place(TF_Graph *graph, const char *text) {
  char name[256];
  strncpy(name, text, sizeof name - 1);
  name[sizeof name - 1] = 0;
  char *colon = strrchr(name, ':');
  TF_Output output = {NULL, colon ? atoi(colon + 1) : 0};
  if (colon) *colon = 0;
  output.oper = TF_GraphOperationByName(graph, name);
  if (!output.oper) {
    fprintf(stderr, "no operation %s\n", name);
    exit(1);
  }
  return output;
}

int main(int count, char **words) {
  /* MODEL DATA INPUT_WAVEFORM INPUT_LENGTHS OUTPUT LENGTH... */
  if (count < 7) return 2;
  int64_t batch = count - 6;
  FILE *file = fopen(words[2], "rb");
  if (!file) return 2;
  fseek(file, 0, SEEK_END);
  size_t bytes = (size_t)ftell(file);
  rewind(file);
  int64_t shape[2] = {batch, (int64_t)(bytes / sizeof(float) / batch)};

  TF_Tensor *waveform = TF_AllocateTensor(TF_FLOAT, shape, 2, bytes);
  if (fread(TF_TensorData(waveform), 1, bytes, file) != bytes) return 2;
  fclose(file);
  TF_Tensor *lengths =
      TF_AllocateTensor(TF_INT32, &batch, 1, batch * sizeof(int32_t));
  for (int64_t row = 0; row < batch; row++)
    ((int32_t *)TF_TensorData(lengths))[row] = atoi(words[6 + row]);

  TF_Status *status = TF_NewStatus();
  TF_Graph *graph = TF_NewGraph();
  TF_SessionOptions *options = TF_NewSessionOptions();
  const char *tags[] = {"serve"};
  TF_Session *session = TF_LoadSessionFromSavedModel(
      options, NULL, words[1], tags, 1, graph, NULL, status);
  check(status, "load");

  TF_Output inputs[2] = {place(graph, words[3]), place(graph, words[4])};
  TF_Tensor *values[2] = {waveform, lengths};
  TF_Output output = place(graph, words[5]);
  TF_Tensor *answer = NULL;
  TF_SessionRun(session, NULL, inputs, values, 2, &output, &answer, 1, NULL, 0,
                NULL, status);
  check(status, "run");

  int64_t classes = TF_Dim(answer, 1);
  const float *numbers = TF_TensorData(answer);
  for (int64_t row = 0; row < batch; row++)
    for (int64_t k = 0; k < classes; k++)
      printf("%.9g%c", numbers[row * classes + k], k + 1 < classes ? ' ' : '\n');

  TF_DeleteTensor(answer);
  TF_DeleteTensor(waveform);
  TF_DeleteTensor(lengths);
  TF_CloseSession(session, status);
  TF_DeleteSession(session, status);
  TF_DeleteSessionOptions(options);
  TF_DeleteGraph(graph);
  TF_DeleteStatus(status);
  return 0;
}
